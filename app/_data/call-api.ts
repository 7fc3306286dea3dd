import type * as z from "zod/mini";
import type { ApiFailure, ApiResult } from "@/app/_ui/api-result";
import { retryAfterOf } from "./parse-retry-after";
import { askForPassword } from "./password-prompt";
import { isSomebodys, renewSession } from "./session";

type Answers = typeof import("./response-schemas");

/** What a successful call brings, by the name of its schema in `response-schemas.ts`. */
export type Answer<Name extends keyof Answers> = z.infer<Answers[Name]>;

interface CallOptions {
  method?: "GET" | "POST" | "PATCH" | "DELETE";
  body?: unknown;
  /** 401 is about what was sent, a wrong password for one, and says nothing about the session. */
  proves?: boolean;
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
export async function callApi<Name extends keyof Answers>(
  path: `/api/${string}`,
  answer: Name,
  options: CallOptions = {},
): Promise<ApiResult<Answer<Name>>> {
  const startedAt = Date.now();
  let result = await send(path, answer, options);
  if (isRefusal(result, "unauthenticated") && !options.proves && isSomebodys()) {
    const renewal = await renewSession(startedAt);
    if (renewal.outcome === "renewed") result = await send(path, answer, options);
    // The one to blame is the connection: "sign in" would be the wrong thing to say.
    if (renewal.outcome === "away") {
      return failed({ code: "network", retryAfterSeconds: renewal.retryAfterSeconds });
    }
  }
  if (!isRefusal(result, "fresh_sign_in_required")) return result;
  if (options.password !== undefined) {
    const given = await send("/api/auth/confirm-password", "done", {
      method: "POST",
      body: { password: options.password },
    });
    return given.ok ? send(path, answer, options) : given;
  }
  return (await askForPassword()) ? send(path, answer, options) : result;
}

function isRefusal(result: ApiResult<unknown>, code: string): boolean {
  return !result.ok && result.failure.code === code;
}

async function send<Name extends keyof Answers>(
  path: `/api/${string}`,
  answer: Name,
  { method = "GET", body, keepalive = false, signal }: CallOptions,
): Promise<ApiResult<Answer<Name>>> {
  try {
    const response = await fetch(path, {
      method,
      keepalive,
      signal: signal ?? null,
      headers: body === undefined ? {} : { "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const [json, answers]: [unknown, Answers] = await Promise.all([
      response.json().catch(() => null),
      import("./response-schemas"),
    ]);
    if (!response.ok) return failed(describe(response, answers.failure.safeParse(json).data));
    const parsed = answers[answer].safeParse(json);
    // the name picks the schema, which a compiler cannot follow through the union of all of them
    if (parsed.success) return { ok: true, data: parsed.data as Answer<Name> };
    return failed({ requestId: response.headers.get("x-request-id") });
  } catch {
    return failed({ code: "network" });
  }
}

function describe(response: Response, body: Answer<"failure"> | undefined): Partial<ApiFailure> {
  const retryAfterSeconds = retryAfterOf(response);
  if (!body) return { requestId: response.headers.get("x-request-id"), retryAfterSeconds };
  return { ...body.error, details: body.error.details ?? [], retryAfterSeconds };
}

function failed(failure: Partial<ApiFailure>): { ok: false; failure: ApiFailure } {
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
