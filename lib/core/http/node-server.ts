import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";
import { BODY_LENGTH_HEADER } from "./body";

interface RequestStart {
  request: IncomingMessage;
  response: ServerResponse;
}

/** A method that no route has, for requests that Next.js cannot represent: the gate refuses it. */
const REFUSED_METHOD = "X-TRACE";

/**
 * Corrects what Next.js does with requests of this process's HTTP server, on Node's channel for its start, before
 * Next.js sees them:
 *
 * - `TRACE`: the Fetch standard forbids a `Request` with this method, and Next.js fails with a 500.
 * - `Content-Length`: Next.js drops a handler's, for files and for `HEAD`.
 */
export function correctNodeServer(): void {
  subscribe("http.server.request.start", (message) => {
    // Node documents this shape for the channel.
    const { request, response } = message as RequestStart;
    if (request.method === "TRACE") request.method = REFUSED_METHOD;
    const writeHead = response.writeHead.bind(response) as (...parameters: unknown[]) => ServerResponse;
    response.writeHead = (...parameters: unknown[]) => {
      applyBodyLength(response);
      return writeHead(...parameters);
    };
  });
}

/** A compressed body has another length, which is not known yet. */
function applyBodyLength(response: ServerResponse): void {
  const length = response.getHeader(BODY_LENGTH_HEADER);
  if (length === undefined) return;
  response.removeHeader(BODY_LENGTH_HEADER);
  const isEncoded = response.hasHeader("content-encoding") || response.hasHeader("transfer-encoding");
  if (!isEncoded) response.setHeader("content-length", String(length));
}
