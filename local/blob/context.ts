import type { BlobStore } from "./blob-store";

/** What the handlers of a request need. */
export interface BlobContext {
  store: BlobStore;
  token: string;
  /** Maximum size of a blob. */
  limitBytes: number;
  /** `http://127.0.0.1:<port>`, from the request's Host header. */
  origin: string;
}
