/** Why a call did not succeed. `message` is already in the person's language; null means the page has to say it. */
export interface ApiFailure {
  code: string;
  message: string | null;
  requestId: string | null;
  details: { path: string; message: string }[];
  retryAfterSeconds: number | null;
}

export type ApiResult<T> = { ok: true; data: T } | { ok: false; failure: ApiFailure };
