import type * as z from "zod/mini";

type Answers = typeof import("./answers");

/** What a successful call brings, by the name of its schema in `answers.ts`. */
export type Answer<Name extends keyof Answers> = z.infer<Answers[Name]>;

/** Why a call did not succeed. `message` is already in the person's language; null means the page has to say it. */
export interface ApiFailure {
  code: string;
  message: string | null;
  requestId: string | null;
  details: { path: string; message: string }[];
  retryAfterSeconds: number | null;
}

export type ApiResult<T> = { ok: true; data: T } | { ok: false; failure: ApiFailure };

interface CallOptions {
  method?: "GET" | "POST" | "DELETE";
  body?: unknown;
  /** The request outlives the page; for what is sent as people leave. */
  keepalive?: boolean;
  signal?: AbortSignal;
}

/**
 * Calls our own API. Never throws: a lost connection is a failure with the code `network`, an answer that
 * does not have the expected shape one with the code `unexpected`.
 */
export async function callApi<Name extends keyof Answers>(
  path: `/api/${string}`,
  answer: Name,
  { method = "GET", body, keepalive = false, signal }: CallOptions = {},
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
      import("./answers"),
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
  const wait = Number(response.headers.get("retry-after"));
  const retryAfterSeconds = Number.isFinite(wait) && wait > 0 ? Math.ceil(wait) : null;
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
