import { AppError } from "../errors";
import { newId } from "../ids";
import { getRequestLocale } from "./client-info";
import { errorResponse } from "./error-response";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
export type Method = (typeof METHODS)[number];

/** What a route can have; `HEAD` follows from `GET`. */
const ALL_METHODS = [...METHODS, "HEAD", "OPTIONS"];

type MethodRejection = ((request: Request) => Response) & { refuses: true };

/**
 * Handlers for the methods that a route does not have: 405 in the standard body with `Allow`, where Next would send
 * an empty body. `OPTIONS` responds with the same `Allow`.
 */
export function rejectOtherMethods<M extends Method>(
  ...allowed: M[]
): Record<Exclude<Method, M> | "OPTIONS", MethodRejection> {
  const impliedMethods = allowed.some((method) => method === "GET") ? ["HEAD"] : [];
  const allowHeader = [...allowed, ...impliedMethods, "OPTIONS"].join(", ");
  const rejectMethod = (request: Request) => methodNotAllowed(request, allowHeader);
  const answerOptions = () => new Response(null, { status: 204, headers: { allow: allowHeader } });
  const rejections = Object.fromEntries(METHODS.map((method) => [method, asMethodRejection(rejectMethod)]));
  return { ...rejections, OPTIONS: asMethodRejection(answerOptions) } as Record<
    Exclude<Method, M> | "OPTIONS",
    MethodRejection
  >;
}

/** For the gate: the 405 for a method that no route and no page has (`TRACE`, `PROPFIND`); else null. */
export function rejectUnknownMethod(request: Request, nonce?: string): Response | null {
  return ALL_METHODS.includes(request.method)
    ? null
    : methodNotAllowed(request, ALL_METHODS.join(", "), nonce);
}

function methodNotAllowed(request: Request, allowHeader: string, nonce?: string): Response {
  const { headers: requestHeaders } = request;
  const error = new AppError("method_not_allowed");
  const response = errorResponse(error, getRequestLocale(requestHeaders), newId(), { requestHeaders, nonce });
  response.headers.set("allow", allowHeader);
  return response;
}

/** Marks a handler so that the API reference does not list it. */
function asMethodRejection(handle: (request: Request) => Response): MethodRejection {
  return Object.assign(handle.bind(null), { refuses: true as const });
}
