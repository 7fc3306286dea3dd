import { ErrorReply, type Reply, SimpleString } from "./reply";

/** How strings appear in the JSON: as UTF-8 text, or as base64 of their bytes. */
export type StringEncoding = "utf8" | "base64";

/**
 * Encodes a reply as `{"result":…}`, or an error reply as `{"error":…}`. Integers beyond 2^53 keep all digits. With
 * base64 every string at every depth is encoded, except a simple `OK` at the top, which Upstash's clients expect
 * unencoded.
 */
export function replyToJson(reply: Reply, encoding: StringEncoding): string {
  if (reply instanceof ErrorReply) return errorToJson(reply.message);
  if (reply instanceof SimpleString && reply.text === "OK") return '{"result":"OK"}';
  return `{"result":${valueToJson(reply, encoding)}}`;
}

export function errorToJson(message: string): string {
  return `{"error":${JSON.stringify(message)}}`;
}

function valueToJson(reply: Reply, encoding: StringEncoding): string {
  if (reply === null) return "null";
  if (typeof reply === "number" || typeof reply === "bigint") return `${reply}`;
  if (Buffer.isBuffer(reply)) return bytesToJson(reply, encoding);
  if (reply instanceof SimpleString) return bytesToJson(Buffer.from(reply.text), encoding);
  if (reply instanceof ErrorReply) return bytesToJson(Buffer.from(reply.message), encoding);
  return `[${reply.map((item) => valueToJson(item, encoding)).join(",")}]`;
}

function bytesToJson(bytes: Buffer, encoding: StringEncoding): string {
  // base64's alphabet needs no escaping; bytes that are not UTF-8 become U+FFFD, as on Upstash
  return encoding === "base64" ? `"${bytes.toString("base64")}"` : JSON.stringify(bytes.toString("utf8"));
}
