import { AppError } from "../errors";

/** Enough for every JSON body of the API; a route that needs more sets `bodyLimitBytes`. */
export const DEFAULT_BODY_LIMIT_BYTES = 64 * 1024;

/**
 * Reads the body as UTF-8 text, up to `limitBytes`. The body can be read only once.
 * @throws {AppError} payload_too_large; bad_request when the client disconnects before the end
 */
export async function readText(request: Request, limitBytes: number): Promise<string> {
  const decoder = new TextDecoder("utf-8");
  let text = "";
  for await (const chunk of readChunks(request, limitBytes)) text += decoder.decode(chunk, { stream: true });
  return text + decoder.decode();
}

/**
 * Reads the body as raw bytes, up to `limitBytes`, and ignores its content type. The body can be read only once.
 * @throws {AppError} payload_too_large; bad_request when the client disconnects before the end
 */
export async function readBytes(request: Request, limitBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of readChunks(request, limitBytes)) chunks.push(chunk);
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

async function* readChunks(request: Request, limitBytes: number): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const contentLength = Number(request.headers.get("content-length") ?? 0);
  if (contentLength > limitBytes) throw new AppError("payload_too_large");
  if (!request.body) return;
  let size = 0;
  const reader = request.body.getReader();
  const read = () =>
    reader.read().catch((cause: unknown) => {
      throw new AppError("bad_request", { message: "body_broken_off", cause });
    });
  for (let chunk = await read(); !chunk.done; chunk = await read()) {
    size += chunk.value.byteLength;
    if (size > limitBytes) {
      await reader.cancel();
      throw new AppError("payload_too_large");
    }
    yield chunk.value;
  }
}

/**
 * Reads a JSON body.
 * @throws {AppError} unsupported_media_type, payload_too_large, bad_request
 */
export async function readJson(request: Request, limitBytes: number): Promise<unknown> {
  if (!hasJsonType(request)) throw new AppError("unsupported_media_type");
  return parseJson(await readText(request, limitBytes));
}

/**
 * Reads a JSON body that the request need not have: undefined for an empty one, and for one of another content type.
 * @throws {AppError} payload_too_large, bad_request
 */
export async function readOptionalJson(request: Request, limitBytes: number): Promise<unknown> {
  if (!hasJsonType(request)) return undefined;
  const text = await readText(request, limitBytes);
  return text === "" ? undefined : parseJson(text);
}

function hasJsonType(request: Request): boolean {
  return /^application\/([\w.-]+\+)?json\b/i.test(request.headers.get("content-type") ?? "");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError("bad_request", { message: "malformed_json", cause });
  }
}

/**
 * A response's length for the Node server: Next.js removes every `Content-Length` that a handler sets, and a browser
 * then shows no progress and cannot seek. `lib/core/http/node-server.ts` turns this header into `Content-Length`; a
 * platform that runs the handlers without that server passes it on.
 */
export const BODY_LENGTH_HEADER = "x-body-length";

/** Sets the length of a body that is complete before it is sent. */
export function setBodyLength(headers: Headers, bytes: number): void {
  headers.set("content-length", String(bytes));
  headers.set(BODY_LENGTH_HEADER, String(bytes));
}

/** A response with a body of known length. `text` is sent as UTF-8. */
export function textResponse(
  text: string,
  { status, headers, type }: { status: number; headers: Headers; type: string },
): Response {
  const body = new TextEncoder().encode(text);
  headers.set("content-type", type);
  setBodyLength(headers, body.length);
  return new Response(body, { status, headers });
}
