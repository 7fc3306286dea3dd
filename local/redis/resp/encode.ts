import { type Argument, ErrorReply, type Reply, SimpleString } from "./reply";

const CRLF = "\r\n";

/** Encodes a command in RESP2 as an array of bulk strings, in one buffer; each argument is copied once. */
export function encodeCommand(args: readonly Argument[]): Buffer {
  const lengths = args.map((arg) => (typeof arg === "string" ? Buffer.byteLength(arg) : arg.length));
  let size = 1 + String(args.length).length + 2;
  for (const length of lengths) size += 1 + String(length).length + 2 + length + 2;
  const out = Buffer.allocUnsafe(size);
  let at = out.write(`*${args.length}${CRLF}`, 0, "latin1");
  for (const [index, arg] of args.entries()) {
    at += out.write(`$${lengths[index]}${CRLF}`, at, "latin1");
    at += typeof arg === "string" ? out.write(arg, at, "utf8") : arg.copy(out, at);
    at += out.write(CRLF, at, "latin1");
  }
  return out;
}

/** Encodes a reply in RESP2, as a TCP client would have received it. */
export function encodeReply(reply: Reply): Buffer {
  const parts: Buffer[] = [];
  appendReply(parts, reply);
  return Buffer.concat(parts);
}

function appendReply(parts: Buffer[], reply: Reply): void {
  if (reply === null) parts.push(Buffer.from("$-1\r\n"));
  else if (typeof reply === "number" || typeof reply === "bigint") parts.push(Buffer.from(`:${reply}\r\n`));
  else if (Buffer.isBuffer(reply)) {
    parts.push(Buffer.from(`$${reply.length}\r\n`), reply, Buffer.from(CRLF));
  } else if (reply instanceof SimpleString) parts.push(Buffer.from(`+${reply.text}\r\n`));
  else if (reply instanceof ErrorReply) parts.push(Buffer.from(`-${reply.message}\r\n`));
  else {
    parts.push(Buffer.from(`*${reply.length}\r\n`));
    for (const item of reply) appendReply(parts, item);
  }
}
