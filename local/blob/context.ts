import type { BlobStore } from "./blob-store";

/** What a request is answered with. */
export interface BlobContext {
  store: BlobStore;
  token: string;
  /** The largest blob that is taken. */
  limitBytes: number;
  /** `http://127.0.0.1:<port>`, as the request at hand calls it. */
  origin: string;
}
