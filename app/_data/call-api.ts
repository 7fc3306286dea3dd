import type * as z from "zod/mini";
import type { ApiFailure, ApiResult } from "@/app/_ui/api-result";
import { parseRetryAfter } from "./parse-retry-after";
import { promptForPassword } from "./password-prompt";
import { isAuthenticated, refreshSession } from "./session";

type ResponseSchemas = typeof import("./response-schemas");

/** What a successful call brings, by the name of its schema in `response-schemas.ts`. */
export type ResponseBody<Name extends keyof ResponseSchemas> = z.infer<ResponseSchemas[Name]>;

interface CallOptions {
  method?: "GET" | "POST" | "PATCH" | "DELETE";
  body?: unknown;
  /** 401 is about what was sent, a wrong password for one, and says nothing about the session. */
  skipSessionRefresh?: boolean;
  /** Typed into the form that makes this call: should the password be asked for, that is the answer. */
  password?: string;
  /** The request outlives the page; for what is sent as people leave. */
  keepalive?: boolean;
  signal?: AbortSignal;
}

/**
 * Calls our own API. Never throws: a lost connection is a failure with the code `network`, an answer that
 * does not have the expected shape one with the code `unexpected`.
 *
 * Two refusals are seen to before the caller hears of them, and the call is made once more: an access token that is
 * too old is renewed, and a password that has to be given again is asked for. Neither had any effect, so repeating
 * is safe whatever the call does.
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
    // The one to blame is the connection: "sign in" would be the wrong thing to say.
    if (refresh.outcome === "away") {
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
    // the name picks the schema, which a compiler cannot follow through the union of all of them
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
