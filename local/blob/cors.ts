import type { ServerResponse } from "node:http";

/**
 * Pages of any origin may call: each call carries a token, which no browser adds by itself, and a URL without one reads
 * only what is public.
 */
export const CORS_HEADERS = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "accept-ranges, content-range, content-length, etag",
  "cross-origin-resource-policy": "cross-origin",
};

/** Answers a preflight request, for the headers of the SDK and for ranges. */
export function sendPreflight(response: ServerResponse, requestedHeaders: string | undefined): void {
  response
    .writeHead(204, {
      ...CORS_HEADERS,
      "access-control-allow-methods": "GET, HEAD, PUT, POST",
      ...(requestedHeaders === undefined ? {} : { "access-control-allow-headers": requestedHeaders }),
      "access-control-max-age": "86400",
    })
    .end();
}
