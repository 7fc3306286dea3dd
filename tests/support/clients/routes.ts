import { type DocumentedRoute, findRoutes } from "@/scripts/openapi-document";
import type { ApiResponse } from "./call";

/** A route of the app under the name tests know it by. */
export interface AppRoute extends DocumentedRoute {
  /** `POST /api/orders/{id}/refund` */
  name: string;
}

/** Every exported method of every `route.ts` that does work, from the folders. */
export async function allRoutes(): Promise<AppRoute[]> {
  return (await findRoutes()).map((route) => ({ ...route, name: `${route.method} ${route.path}` }));
}

/** What one call of a route carries, besides who calls. */
export interface RouteInput {
  params?: Record<string, string>;
  /** With its question mark. */
  query?: string;
  /** Sent as JSON, unless it is text or bytes. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** The request that a call makes, as Next would hand it to the handler. */
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

/** Calls a route's handler. The body is parsed where it is JSON, and text where it is not. */
export async function callRoute(route: AppRoute, input: RouteInput, token?: string): Promise<ApiResponse> {
  const headers = token ? { ...input.headers, authorization: `Bearer ${token}` } : input.headers;
  const request = buildRequest(route, { ...input, ...(headers ? { headers } : {}) });
  const response = await route.handler(request, { params: Promise.resolve(input.params ?? {}) });
  const text = await responseText(response);
  return { status: response.status, headers: response.headers, body: parseBodyText(text) };
}

/** What was answered; of a stream of events, which does not end, nothing. */
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
