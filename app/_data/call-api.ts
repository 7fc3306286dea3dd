import type * as z from "zod/mini";
import type { ApiFailure, ApiResult } from "@/app/_ui/api-result";
import { parseRetryAfter } from "./parse-retry-after";
import { promptForPassword } from "./password-prompt";
import { isAuthenticated, refreshSession } from "./session";

type ResponseSchemas = typeof import("./response-schemas");

/** Body of a successful response, by the name of its schema in `response-schemas.ts`. */
export type ResponseBody<Name extends keyof ResponseSchemas> = z.infer<ResponseSchemas[Name]>;

interface CallOptions {
  method?: "GET" | "POST" | "PATCH" | "DELETE";
  body?: unknown;
  /** A 401 concerns the request itself (a wrong password, for example), not the session: do not refresh it. */
  skipSessionRefresh?: boolean;
  /** Password from the calling form: sent instead of a prompt if the API requires a fresh sign-in. */
  password?: string;
  /** The request outlives the page; for requests sent while the page unloads. */
  keepalive?: boolean;
  signal?: AbortSignal;
}

/**
 * Calls our own API. Never throws: a lost connection is a failure with the code `network`, a response of an
 * unexpected shape one with the code `unexpected`.
 *
 * Two refusals are handled here, and the call is then repeated once: on `unauthenticated` the access token is
 * renewed, on `fresh_sign_in_required` the password is requested. The server did not act on the refused request,
 * so repeating is safe for every call.
 */
export async function callApi<Name extends keyof ResponseSchemas>(
  path: `/api/${string}`,
  schemaName: Name,
  options: CallOptions = {},
): Promise<ApiResult<ResponseBody<Name>>> {
  const startedAt = Date.now();
  let result = await send(path, schemaName, options);
  if (failedWithCode(result, "unauthenticated") && !options.skipSessionRefresh && isAuthenticated()) {
    const refresh = await refreshSession(startedAt);
    if (refresh.outcome === "renewed") result = await send(path, schemaName, options);
    // The server is unreachable, the session may be fine: asking to sign in would be wrong.
    if (refresh.outcome === "unavailable") {
      return failureResult({ code: "network", retryAfterSeconds: refresh.retryAfterSeconds });
    }
  }
  if (!failedWithCode(result, "fresh_sign_in_required")) return result;
  if (options.password !== undefined) {
    const confirmation = await send("/api/auth/confirm-password", "done", {
      method: "POST",
      body: { password: options.password },
    });
    return confirmation.ok ? send(path, schemaName, options) : confirmation;
  }
  return (await promptForPassword()) ? send(path, schemaName, options) : result;
}

function failedWithCode(result: ApiResult<unknown>, code: string): boolean {
  return !result.ok && result.failure.code === code;
}

async function send<Name extends keyof ResponseSchemas>(
  path: `/api/${string}`,
  schemaName: Name,
  { method = "GET", body, keepalive = false, signal }: CallOptions,
): Promise<ApiResult<ResponseBody<Name>>> {
  try {
    const response = await fetch(path, {
      method,
      keepalive,
      signal: signal ?? null,
      headers: body === undefined ? {} : { "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const [json, schemas]: [unknown, ResponseSchemas] = await Promise.all([
      response.json().catch(() => null),
      import("./response-schemas"),
    ]);
    if (!response.ok) return failureResult(parseFailure(response, schemas.failure.safeParse(json).data));
    const parsed = schemas[schemaName].safeParse(json);
    // `schemaName` picks the schema; the compiler cannot follow that through the union of all schemas
    if (parsed.success) return { ok: true, data: parsed.data as ResponseBody<Name> };
    return failureResult({ requestId: response.headers.get("x-request-id") });
  } catch {
    return failureResult({ code: "network" });
  }
}

function parseFailure(response: Response, body: ResponseBody<"failure"> | undefined): Partial<ApiFailure> {
  const retryAfterSeconds = parseRetryAfter(response);
  if (!body) return { requestId: response.headers.get("x-request-id"), retryAfterSeconds };
  return { ...body.error, details: body.error.details ?? [], retryAfterSeconds };
}

function failureResult(failure: Partial<ApiFailure>): { ok: false; failure: ApiFailure } {
  return {
    ok: false,
    failure: {
      code: "unexpected",
      message: null,
      requestId: null,
      details: [],
      retryAfterSeconds: null,
      ...failure,
    },
  };
}
