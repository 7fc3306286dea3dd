import type { ApiFailure } from "@/app/_ui/api-result";
import type { ApiErrorBody } from "@/lib/schemas/api-error";

/** A failure without details: `unexpected`, unless a code is given. */
export function apiFailure(known: Partial<ApiFailure> = {}): ApiFailure {
  return {
    ...{ code: "unexpected", message: null, requestId: null, details: [], retryAfterSeconds: null },
    ...known,
  };
}

/**
 * The failure that an error response describes. A body of another shape comes from something in between, such as a
 * proxy: the failure is then `unexpected`.
 *
 * @param body  the response's JSON; anything else when it has none
 */
export function parseFailure(
  body: unknown,
  headers: Pick<ApiFailure, "requestId" | "retryAfterSeconds">,
): ApiFailure {
  if (!isApiError(body)) return apiFailure(headers);
  const { code, message, requestId, details = [] } = body.error;
  return { ...headers, code, message, requestId, details };
}

function isApiError(body: unknown): body is ApiErrorBody {
  const error: unknown = Object(body).error;
  const { code, message, requestId } = Object(error) as Partial<Record<string, unknown>>;
  return [code, message, requestId].every((text) => typeof text === "string");
}
