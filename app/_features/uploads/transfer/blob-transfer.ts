import type { BlobClient } from "./blob-client";

/** Part of a large file. At least 5 MB by the store's rules; one that is cut off is sent again as a whole. */
export const PART_BYTES = 8 * 1024 * 1024;
const CONCURRENT_PARTS = 4;
/** Without progress for this long the connection counts as lost. A slow upload has no other time limit. */
export const STALL_TIMEOUT_MS = 30_000;

/** Where the store takes the file, and with which token. */
export interface Destination {
  pathname: string;
  clientToken: string;
  multipart: boolean;
}

interface Options {
  signal: AbortSignal;
  /** Bytes in the store or on their way. */
  onProgress: (loaded: number) => void;
}

/**
 * `stored`: all bytes are in the store. `interrupted`: the connection or the store failed; send again, which continues
 * after the parts that arrived. `refused`: the store does not take the file under this token.
 */
export type TransferOutcome = "stored" | "interrupted" | "refused";

/** Sends one file to the store; what has arrived of a large one is kept when the connection is lost. */
export class BlobTransfer {
  #multipart: { key: string; uploadId: string } | null = null;
  /** By part number. */
  readonly #etags = new Map<number, string>();
  /** Bytes of each part, sent or on their way. */
  readonly #loaded = new Map<number, number>();
  /** An earlier attempt ended without an answer: the store may have what it now refuses. */
  #isOutcomeUnknown = false;

  constructor(
    private readonly file: Blob,
    private destination: Destination,
    private readonly loadClient: () => Promise<BlobClient>,
  ) {}

  /** Goes on under a new token for the same file. */
  renewToken(clientToken: string): void {
    this.destination = { ...this.destination, clientToken };
  }

  /**
   * Never throws. After an abort the outcome is `interrupted`. No progress is reported once it has resolved: the SDK's
   * last report may come after its answer.
   */
  async send({ signal, onProgress }: Options): Promise<TransferOutcome> {
    const attempt = new AbortController();
    const abort = () => attempt.abort();
    signal.addEventListener("abort", abort);
    if (signal.aborted) abort();
    let stallTimer = setTimeout(abort, STALL_TIMEOUT_MS);
    let isOver = false;
    const reportLoaded = () => onProgress(Math.min(this.file.size, sum(this.#loaded.values())));
    const report = () => {
      if (isOver) return;
      clearTimeout(stallTimer);
      stallTimer = setTimeout(abort, STALL_TIMEOUT_MS);
      reportLoaded();
    };
    try {
      const client = await this.loadClient();
      await (this.destination.multipart
        ? this.#sendParts(client, attempt, report)
        : this.#sendWhole(client, attempt.signal, report));
      return "stored";
    } catch (error) {
      if (attempt.signal.aborted || isTemporary(error)) {
        this.#isOutcomeUnknown = true;
        this.#dropUnfinished();
        reportLoaded();
        return "interrupted";
      }
      // The confirmation that follows looks at what is in the store.
      return this.#isOutcomeUnknown ? "stored" : "refused";
    } finally {
      isOver = true;
      clearTimeout(stallTimer);
      signal.removeEventListener("abort", abort);
    }
  }

  /** Parts that were cut off count as not sent. */
  #dropUnfinished(): void {
    for (const part of [...this.#loaded.keys()]) if (!this.#etags.has(part)) this.#loaded.delete(part);
  }

  async #sendWhole(client: BlobClient, abortSignal: AbortSignal, report: () => void): Promise<void> {
    const { pathname } = this.destination;
    await client.put(pathname, this.file, {
      ...this.#options(abortSignal),
      onUploadProgress: ({ loaded }) => {
        this.#loaded.set(1, loaded);
        report();
      },
    });
  }

  async #sendParts(client: BlobClient, attempt: AbortController, report: () => void): Promise<void> {
    const { pathname } = this.destination;
    const options = this.#options(attempt.signal);
    this.#multipart ??= await client.createMultipartUpload(pathname, options);
    const multipart = this.#multipart;
    const missing = Array.from({ length: Math.ceil(this.file.size / PART_BYTES) }, (_, i) => i + 1).filter(
      (partNumber) => !this.#etags.has(partNumber),
    );
    const sendNext = async (): Promise<void> => {
      const partNumber = missing.shift();
      if (partNumber === undefined) return;
      const part = this.file.slice((partNumber - 1) * PART_BYTES, partNumber * PART_BYTES);
      const { etag } = await client.uploadPart(pathname, part, {
        ...options,
        ...multipart,
        partNumber,
        onUploadProgress: ({ loaded }) => {
          this.#loaded.set(partNumber, loaded);
          report();
        },
      });
      this.#etags.set(partNumber, etag);
      this.#loaded.set(partNumber, part.size);
      report();
      await sendNext();
    };
    const lanes = await Promise.allSettled(
      Array.from({ length: CONCURRENT_PARTS }, () =>
        sendNext().catch((error: unknown) => {
          // The other lanes finish their part, but begin no new one.
          missing.length = 0;
          throw error;
        }),
      ),
    );
    const failed = lanes.find((lane) => lane.status === "rejected");
    if (failed) throw failed.reason;
    const parts = [...this.#etags]
      .sort(([a], [b]) => a - b)
      .map(([partNumber, etag]) => ({ partNumber, etag }));
    await client.completeMultipartUpload(pathname, parts, { ...options, ...multipart });
  }

  #options(abortSignal: AbortSignal) {
    const { clientToken: token } = this.destination;
    // The type is detected from the content, not declared.
    return { access: "private" as const, contentType: "application/octet-stream", token, abortSignal };
  }
}

/** Messages of the SDK, whose classes the browser's entry does not export. */
const TEMPORARY =
  /not available|unknown error|too many requests|network|fetch|load failed|terminated|aborted/i;

function isTemporary(error: unknown): boolean {
  return error instanceof TypeError || (error instanceof Error && TEMPORARY.test(error.message));
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
