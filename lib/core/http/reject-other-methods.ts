import { AppError } from "../errors";
import { newId } from "../ids";
import { errorResponse } from "./error-response";
import { getRequestLocale } from "./request-locale";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
export type Method = (typeof METHODS)[number];

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
  const rejectMethod = (request: Request) => {
    const response = errorResponse(
      new AppError("method_not_allowed"),
      getRequestLocale(request.headers),
      newId(),
    );
    response.headers.set("allow", allowHeader);
    return response;
  };
  const answerOptions = () => new Response(null, { status: 204, headers: { allow: allowHeader } });
  const rejections = Object.fromEntries(METHODS.map((method) => [method, asMethodRejection(rejectMethod)]));
  return { ...rejections, OPTIONS: asMethodRejection(answerOptions) } as Record<
    Exclude<Method, M> | "OPTIONS",
    MethodRejection
  >;
}

/** Marks a handler so that the API reference does not list it. */
function asMethodRejection(handle: (request: Request) => Response): MethodRejection {
  return Object.assign(handle.bind(null), { refuses: true as const });
}
