import { BotApiError } from "../errors";

export interface UploadedFile {
  name: string;
  mimeType: string;
  bytes: Buffer;
}

const malformed = () => new BotApiError(400, "Bad Request: can't parse multipart/form-data");

/**
 * Parses `multipart/form-data`. More lenient than the platform's parser, which refuses what some clients of the Bot
 * API send.
 * @throws {BotApiError}
 */
export function parseMultipart(body: Buffer, contentType: string) {
  const boundary = /boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType)?.slice(1).find(Boolean);
  if (boundary === undefined) throw malformed();
  const values: Record<string, string> = {};
  const files = new Map<string, UploadedFile>();
  for (const part of splitParts(body, boundary)) {
    const end = part.indexOf("\r\n\r\n");
    if (end < 0) throw malformed();
    const headers = part.toString("utf8", 0, end);
    const bytes = part.subarray(end + 4);
    const disposition = /^content-disposition:(.*)$/im.exec(headers)?.[1] ?? "";
    const name = parameterOf(disposition, "name");
    if (name === undefined) throw malformed();
    const fileName = parameterOf(disposition, "filename");
    if (fileName === undefined) values[name] = bytes.toString("utf8");
    else {
      const mimeType = /^content-type:\s*([^\s;]+)/im.exec(headers)?.[1] ?? "";
      files.set(name, { name: fileName, mimeType, bytes });
    }
  }
  return { values, files };
}

/** The parts between the boundaries, without the line breaks around them. */
function splitParts(body: Buffer, boundary: string): Buffer[] {
  const delimiter = Buffer.from(`--${boundary}`);
  const parts: Buffer[] = [];
  let start = body.indexOf(delimiter);
  if (start < 0) throw malformed();
  for (;;) {
    const from = start + delimiter.length;
    if (body.toString("latin1", from, from + 2) === "--") return parts;
    const next = body.indexOf(delimiter, from);
    const headersStart = body.indexOf("\r\n", from) + 2;
    if (next < 0 || headersStart < 2 || headersStart > next) throw malformed();
    parts.push(body.subarray(headersStart, next - 2));
    start = next;
  }
}

function parameterOf(disposition: string, name: string): string | undefined {
  const pattern = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s;]+))`, "i");
  const match = pattern.exec(disposition);
  const value = match?.[1]?.replace(/\\(.)/g, "$1") ?? match?.[2];
  return value?.replace(/%22/g, '"');
}
