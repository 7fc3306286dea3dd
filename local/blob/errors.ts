/** HTTP status by error code; the SDK maps each code to an error class. */
const STATUS = {
  bad_request: 400,
  forbidden: 403,
  client_token_not_allowed: 403,
  not_found: 404,
  not_allowed: 405,
  precondition_failed: 412,
  file_too_large: 413,
} as const;

/** A refused request, in Vercel Blob's only error shape. */
export class BlobApiError extends Error {
  readonly status: number;

  constructor(
    readonly code: keyof typeof STATUS,
    message: string,
  ) {
    super(message);
    this.name = "BlobApiError";
    this.status = STATUS[code];
  }

  body(): unknown {
    return { error: { code: this.code, message: this.message } };
  }
}

export const blobNotFoundError = () => new BlobApiError("not_found", "The requested blob does not exist");
