import * as z from "zod/mini";

/** Why a call did not succeed. `message` is already in the person's language; null means the page has to say it. */
export interface ApiFailure {
  code: string;
  message: string | null;
  requestId: string | null;
  details: { path: string; message: string }[];
  retryAfterSeconds: number | null;
}

export type ApiResult<T> = { ok: true; data: T } | { ok: false; failure: ApiFailure };

const errorBody = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    requestId: z.string(),
    details: z.optional(z.array(z.object({ path: z.string(), message: z.string() }))),
  }),
});

interface CallOptions {
  method?: "GET" | "POST";
  body?: unknown;
  /** The request outlives the page; for what is sent as people leave. */
  keepalive?: boolean;
  signal?: AbortSignal;
}

/**
 * Calls our own API. Never throws: a lost connection is a failure with the code `network`, an answer that
 * does not have the expected shape one with the code `unexpected`.
 */
export async function callApi<T>(
  path: `/api/${string}`,
  answer: z.ZodMiniType<T>,
  { method = "GET", body, keepalive = false, signal }: CallOptions = {},
): Promise<ApiResult<T>> {
  let response: Response;
  let json: unknown;
  try {
    response = await fetch(path, {
      method,
      keepalive,
      signal: signal ?? null,
      headers: body === undefined ? {} : { "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    });
    json = await response.json().catch(() => null);
  } catch {
    return failed({ code: "network" });
  }
  if (!response.ok) return failed(describe(response, json));
  const parsed = answer.safeParse(json);
  if (parsed.success) return { ok: true, data: parsed.data };
  return failed({ code: "unexpected", requestId: response.headers.get("x-request-id") });
}

function describe(response: Response, json: unknown): Partial<ApiFailure> {
  const parsed = errorBody.safeParse(json);
  const wait = Number(response.headers.get("retry-after"));
  const retryAfterSeconds = Number.isFinite(wait) && wait > 0 ? Math.ceil(wait) : null;
  if (!parsed.success) {
    return { code: "unexpected", requestId: response.headers.get("x-request-id"), retryAfterSeconds };
  }
  return { ...parsed.data.error, details: parsed.data.error.details ?? [], retryAfterSeconds };
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
