import type { ApiResult } from "@/app/_ui/api-result";
import { IdempotencyKeys } from "./idempotency-keys";
import { apiFailure, parseFailure } from "./parse-failure";
import { parseRetryAfter } from "./parse-retry-after";
import { promptForPassword } from "./password-prompt";
import { isAuthenticated, refreshSession } from "./session";
import { StoredKeys } from "./stored-keys";

interface CallOptions {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  body?: unknown;
  /** A 401 concerns the request itself (a wrong password, for example), not the session: do not refresh it. */
  skipSessionRefresh?: boolean;
  /** Password from the calling form: sent instead of a prompt if the API requires a fresh sign-in. */
  password?: string;
  /** The request outlives the page; for requests sent while the page unloads. */
  keepalive?: boolean;
  signal?: AbortSignal;
  /** Repeating the same call after an unknown outcome does it once; the route must be `repeatable`. */
  repeatable?: boolean;
  /** The same for a caller that repeats the call later, whatever its outcome was. */
  idempotencyKey?: string;
}

const keysByCall = new IdempotencyKeys(new StoredKeys());

/**
 * Calls our own API. Never throws: a lost connection is a failure with the code `network`, a response that is not JSON
 * one with the code `unexpected`.
 *
 * Two refusals are handled here, and the call is then repeated once: on `unauthenticated` the access token is
 * renewed, on `fresh_sign_in_required` the password is requested. The server did not act on the refused request,
 * so repeating is safe for every call.
 *
 * @typeParam Body  the body of a successful response, a type of lib/schemas. It is not validated here: the server has
 *   parsed it with the schema that the type is inferred from.
 */
export async function callApi<Body = unknown>(
  path: `/api/${string}`,
  options: CallOptions = {},
): Promise<ApiResult<Body>> {
  if (!options.repeatable) return call(path, options);
  return keysByCall.run(`${path} ${JSON.stringify(options.body)}`, (idempotencyKey) =>
    call<Body>(path, { ...options, idempotencyKey }),
  );
}

async function call<Body>(path: `/api/${string}`, options: CallOptions): Promise<ApiResult<Body>> {
  const startedAt = Date.now();
  let result = await send<Body>(path, options);
  if (failedWithCode(result, "unauthenticated") && !options.skipSessionRefresh && isAuthenticated()) {
    const refresh = await refreshSession(startedAt);
    if (refresh.outcome === "renewed") result = await send<Body>(path, options);
    // The server is unreachable, the session may be fine: asking to sign in would be wrong.
    if (refresh.outcome === "unavailable") {
      const { retryAfterSeconds } = refresh;
      return { ok: false, failure: apiFailure({ code: "network", retryAfterSeconds }) };
    }
  }
  if (!failedWithCode(result, "fresh_sign_in_required")) return result;
  if (options.password !== undefined) {
    const confirmation = await send("/api/auth/confirm-password", {
      method: "POST",
      body: { password: options.password },
    });
    return confirmation.ok ? send<Body>(path, options) : confirmation;
  }
  return (await promptForPassword()) ? send<Body>(path, options) : result;
}

function failedWithCode(result: ApiResult<unknown>, code: string): boolean {
  return !result.ok && result.failure.code === code;
}

async function send<Body>(
  path: `/api/${string}`,
  { method = "GET", body, keepalive = false, signal, idempotencyKey }: CallOptions,
): Promise<ApiResult<Body>> {
  try {
    const response = await fetch(path, {
      method,
      keepalive,
      signal: signal ?? null,
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const json: unknown = await response.json().catch(() => undefined);
    if (response.ok && json !== undefined) return { ok: true, data: json as Body };
    const requestId = response.headers.get("x-request-id");
    const retryAfterSeconds = parseRetryAfter(response);
    return { ok: false, failure: parseFailure(json, { requestId, retryAfterSeconds }) };
  } catch {
    return { ok: false, failure: apiFailure({ code: "network" }) };
  }
}
