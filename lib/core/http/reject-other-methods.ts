import { AppError } from "../errors";
import { newId } from "../ids";
import { failureResponse } from "./error-response";
import { localeOf } from "./request-locale";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
export type Method = (typeof METHODS)[number];

type Refusal = ((request: Request) => Response) & { refuses: true };

/**
 * Handlers for the methods a route does not have: 405 in the standard body with `Allow`, where Next would
 * answer with nothing. `OPTIONS` tells the same list.
 */
export function onlyAllows<M extends Method>(
  ...allowed: M[]
): Record<Exclude<Method, M> | "OPTIONS", Refusal> {
  const implied = allowed.some((method) => method === "GET") ? ["HEAD"] : [];
  const allow = [...allowed, ...implied, "OPTIONS"].join(", ");
  const refuse = (request: Request) => {
    const response = failureResponse(new AppError("method_not_allowed"), localeOf(request.headers), newId());
    response.headers.set("allow", allow);
    return response;
  };
  const tell = () => new Response(null, { status: 204, headers: { allow } });
  const refusals = Object.fromEntries(METHODS.map((method) => [method, refusal(refuse)]));
  return { ...refusals, OPTIONS: refusal(tell) } as Record<Exclude<Method, M> | "OPTIONS", Refusal>;
}

/** Marked, so that the API reference does not list it. */
function refusal(handle: (request: Request) => Response): Refusal {
  return Object.assign(handle.bind(null), { refuses: true as const });
}
