import type { MessageKey } from "./messages";

/** The only table of error codes and their HTTP statuses. */
export const ERROR_STATUS = {
  bad_request: 400,
  unauthenticated: 401,
  forbidden: 403,
  /** Allowed after the password is entered again. */
  fresh_sign_in_required: 403,
  /** Allowed after the link in the mail is opened. */
  address_not_confirmed: 403,
  /** A block or the recipient's contact policy forbids it; the response does not say which. */
  cannot_write: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  internal: 500,
  /** Declared, but not implemented yet. */
  not_available: 501,
  unavailable: 503,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** One invalid field; `path` is dotted (`postIds.3`). */
export interface ErrorDetail {
  path: string;
  message: string;
}

interface AppErrorOptions {
  /** The text that the user sees; by default the error code's own. */
  message?: MessageKey;
  details?: ErrorDetail[];
  /** The invalid field, for the error's `details`. */
  field?: string;
  /** Sent as `Retry-After`. */
  retryAfterSeconds?: number;
  cause?: unknown;
}

/** A failure with a response for the client. Any other thrown error becomes a masked 500. */
export class AppError extends Error {
  readonly messageKey: MessageKey;
  readonly details: ErrorDetail[] | undefined;
  readonly field: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly code: ErrorCode,
    options: AppErrorOptions = {},
  ) {
    const messageKey = options.message ?? code;
    super(messageKey, { cause: options.cause });
    this.name = "AppError";
    this.messageKey = messageKey;
    this.details = options.details;
    this.field = options.field;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get status(): number {
    return ERROR_STATUS[this.code];
  }
}

/** For `catch`, where what does not exist, or may not be seen, is null. */
export function toNullWhenNotFound(error: unknown): null {
  if (error instanceof AppError && error.code === "not_found") return null;
  throw error;
}
