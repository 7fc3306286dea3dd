import type { ErrorCode } from "../core/errors";

/** The body of every response that is an error. */
export interface ApiErrorBody {
  error: {
    code: ErrorCode;
    message: string;
    requestId: string;
    /** Fields of the request that are invalid. */
    details?: { path: string; message: string }[];
  };
}
