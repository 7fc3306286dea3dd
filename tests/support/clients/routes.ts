import { type DocumentedRoute, findRoutes } from "@/scripts/openapi-document";
import type { ApiResponse } from "./call";

/** A route of the app under the name that tests use. */
export interface AppRoute extends DocumentedRoute {
  /** `POST /api/orders/{id}/refund` */
  name: string;
}

/** Every exported method of every `route.ts`, read from the folders. */
export async function allRoutes(): Promise<AppRoute[]> {
  return (await findRoutes()).map((route) => ({ ...route, name: `${route.method} ${route.path}` }));
}

/** The input of one route call, without the caller. */
export interface RouteInput {
  params?: Record<string, string>;
  /** Including the question mark. */
  query?: string;
  /** Sent as JSON, unless it is text or bytes. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** The request as Next passes it to the handler. */
export function buildRequest(
  route: AppRoute,
  { params = {}, query = "", body, headers }: RouteInput,
): Request {
  const path = route.path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(params[name] ?? ""));
  const requestHeaders = new Headers(headers);
  const isRaw = typeof body === "string" || body instanceof Uint8Array;
  if (body !== undefined && !requestHeaders.has("content-type"))
    requestHeaders.set("content-type", "application/json");
  return new Request(`http://localhost${path}${query}`, {
    method: route.method,
    headers: requestHeaders,
    ...(body === undefined || route.method === "GET"
      ? {}
      : { body: isRaw ? (body as BodyInit) : JSON.stringify(body) }),
  });
}

/** Calls a route's handler. A JSON body is parsed; another body is returned as text. */
export async function callRoute(route: AppRoute, input: RouteInput, token?: string): Promise<ApiResponse> {
  const headers = token ? { ...input.headers, authorization: `Bearer ${token}` } : input.headers;
  const request = buildRequest(route, { ...input, ...(headers ? { headers } : {}) });
  const response = await route.handler(request, { params: Promise.resolve(input.params ?? {}) });
  const text = await responseText(response);
  return { status: response.status, headers: response.headers, body: parseBodyText(text) };
}

/** The body as text. An event stream never ends, so it is cancelled and yields "". */
export async function responseText(response: Response): Promise<string> {
  if (!response.headers.get("content-type")?.startsWith("text/event-stream")) return response.text();
  await response.body?.cancel();
  return "";
}

function parseBodyText(text: string): unknown {
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
