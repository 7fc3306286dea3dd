import type { Caller } from "@/lib/core/access-token";
import type { RouteHandler } from "@/lib/core/http";
import { accessTokenFor } from "@/tests/support/factories/sessions";

interface CallOptions {
  method?: string;
  /** Sent as JSON, unless it is a string. */
  body?: unknown;
  as?: Caller;
  token?: string;
  headers?: Record<string, string>;
  params?: Record<string, string>;
  query?: string;
}

export interface ApiResponse {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the body of any route, which the test inspects
  body: any;
}

/** Calls a route handler as Next does. */
export async function call(handler: RouteHandler, options: CallOptions = {}): Promise<ApiResponse> {
  const headers = new Headers(options.headers);
  const token = options.token ?? (options.as ? await accessTokenFor(options.as) : undefined);
  if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
  const hasBody = options.body !== undefined;
  if (hasBody && !headers.has("content-type")) headers.set("content-type", "application/json");
  const request = new Request(`http://localhost/api/test${options.query ?? ""}`, {
    method: options.method ?? (hasBody ? "POST" : "GET"),
    headers,
    ...(hasBody
      ? { body: typeof options.body === "string" ? options.body : JSON.stringify(options.body) }
      : {}),
  });
  const response = await handler(request, { params: Promise.resolve(options.params ?? {}) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? null : JSON.parse(text) };
}
