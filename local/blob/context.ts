import type { BlobStore } from "./blob-store";
import type { CompletionCallbacks } from "./completion-callbacks";
import type { MultipartUploads } from "./multipart-uploads";

/** What the handlers of a request need. */
export interface BlobContext {
  store: BlobStore;
  uploads: MultipartUploads;
  callbacks: CompletionCallbacks;
  token: string;
  /** Maximum size of a blob. */
  limitBytes: number;
  /** `http://127.0.0.1:<port>`, from the request's Host header. */
  origin: string;
}
