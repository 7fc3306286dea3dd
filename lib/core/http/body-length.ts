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
