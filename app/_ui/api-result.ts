/** Why a call failed. `message` is in the user's language; null: the page supplies the text. */
export interface ApiFailure {
  code: string;
  message: string | null;
  requestId: string | null;
  details: { path: string; message: string }[];
  retryAfterSeconds: number | null;
}

export type ApiResult<T> = { ok: true; data: T } | { ok: false; failure: ApiFailure };
