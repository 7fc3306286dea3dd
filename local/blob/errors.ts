/** The codes that the SDK knows; each becomes an error class of its own there. */
const STATUS = {
  bad_request: 400,
  forbidden: 403,
  not_found: 404,
  not_allowed: 405,
  precondition_failed: 412,
  file_too_large: 413,
} as const;

/** A request that is refused, in Vercel Blob's one error shape. */
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
