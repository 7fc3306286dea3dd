import { apiFailure } from "@/app/_data/parse-failure";
import type { ApiResult } from "@/app/_ui/api-result";
import { newId } from "@/lib/core/ids";
import { UPLOAD_TOKEN_VALID_MS } from "@/lib/schemas/limits";
import type { UploadedFile } from "@/lib/schemas/media-file";
import type { BlobTransfer, Destination } from "./transfer/blob-transfer";

export interface UploadSteps {
  /** With the same key it is the same file, with a new token. */
  requestUpload: (
    file: File,
    key: string,
    signal: AbortSignal,
  ) => Promise<ApiResult<{ file: UploadedFile; upload: Destination }>>;
  createTransfer: (file: File, destination: Destination) => Transfer;
  confirmUpload: (fileId: string, signal: AbortSignal) => Promise<ApiResult<{ file: UploadedFile }>>;
  /** Deletes an upload that was cancelled or refused, so that it takes no quota. Best effort. */
  discard: (fileId: string) => void;
}

type Transfer = Pick<BlobTransfer, "send" | "renewToken">;

/** An upload whose token was issued. */
interface Begun {
  fileId: string;
  transfer: Transfer;
  /** When its token was issued (ms). */
  issuedAt: number;
  isStored: boolean;
}

/** The token's lifetime is counted from different moments by the server and the browser. */
const EXPIRY_MARGIN_MS = 60_000;

/** Whether the store may refuse the token for its age: a slow upload, or a computer that slept. */
function isTokenOld({ issuedAt }: Begun): boolean {
  return Date.now() - issuedAt >= UPLOAD_TOKEN_VALID_MS - EXPIRY_MARGIN_MS;
}

/** The upload of one file: each attempt continues where the one before ended. */
export class FileUpload {
  #begun: Begun | null = null;
  /** Idempotency key of the upload. */
  readonly #key = newId();

  constructor(
    private readonly file: File,
    private readonly steps: UploadSteps,
  ) {}

  /** Deletes what was uploaded. */
  discard(): void {
    if (this.#begun) this.steps.discard(this.#begun.fileId);
    this.#begun = null;
  }

  /** @param onProgress  called with the number of bytes that are in the store or on their way */
  async attempt(
    signal: AbortSignal,
    onProgress: (loaded: number) => void,
  ): Promise<ApiResult<{ file: UploadedFile }>> {
    if (!this.#begun) {
      const issued = await this.steps.requestUpload(this.file, this.#key, signal);
      if (!issued.ok) return issued;
      const { file: row, upload } = issued.data;
      if (signal.aborted) {
        this.steps.discard(row.id);
        return { ok: false, failure: apiFailure({ code: "network" }) };
      }
      this.#begun = {
        fileId: row.id,
        transfer: this.steps.createTransfer(this.file, upload),
        issuedAt: Date.now(),
        isStored: false,
      };
    }
    const begun = this.#begun;
    if (!begun.isStored) {
      const renewal = isTokenOld(begun) ? await this.#renewToken(begun, signal) : null;
      if (renewal && !renewal.ok) return renewal;
    }
    if (!begun.isStored) {
      const outcome = await begun.transfer.send({ signal, onProgress });
      // What has arrived stays, and the rest is sent under a new token.
      if (outcome === "refused" && isTokenOld(begun)) return this.attempt(signal, onProgress);
      if (outcome !== "stored") {
        return { ok: false, failure: apiFailure({ code: outcome === "refused" ? "refused" : "network" }) };
      }
      begun.isStored = true;
    }
    const confirmation = await this.steps.confirmUpload(begun.fileId, signal);
    if (confirmation.ok || confirmation.failure.code !== "conflict" || !isTokenOld(begun))
      return confirmation;
    // The store refused an old token for bytes that it might have had already, and does not have.
    begun.isStored = false;
    return this.attempt(signal, onProgress);
  }

  async #renewToken(begun: Begun, signal: AbortSignal): Promise<ApiResult<unknown>> {
    const issued = await this.steps.requestUpload(this.file, this.#key, signal);
    if (issued.ok) {
      begun.transfer.renewToken(issued.data.upload.clientToken);
      begun.issuedAt = Date.now();
      begun.isStored = issued.data.file.status !== "uploading";
    }
    return issued;
  }
}
