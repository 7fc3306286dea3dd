import type { ApiFailure } from "@/app/_ui/api-result";
import type { FileProblem, UploadedFile } from "@/lib/schemas/media-file";
import { FileUpload, type UploadSteps } from "./file-upload";
import { TransferRate } from "./transfer/transfer-rate";

/** Pauses between attempts on a lost connection; the last one repeats. */
const RETRY_DELAYS_MS = [3_000, 6_000, 12_000, 30_000] as const;
/** Progress is rendered at most this often. */
const MIN_RENDER_INTERVAL_MS = 100;
/** Codes of failures that pass by themselves. */
const TEMPORARY_CODES = new Set(["network", "unavailable", "unexpected", "internal", "rate_limited"]);

export interface Sending {
  name: string;
  bytes: number;
  /** Bytes in the store or on their way. */
  loaded: number;
  /** Null while the speed is unknown. */
  remainingSeconds: number | null;
  /** Null: bytes are being sent. Otherwise the last attempt failed, and this is the time (ms) of the next one. */
  retryAt: number | null;
  /** The server asks to wait; otherwise the connection is lost. */
  isServerBusy: boolean;
}

/** The file of one dropzone. */
export type SlotState =
  | { phase: "empty" }
  /** A draft's file, whose state has not been fetched yet. */
  | { phase: "restoring"; fileId: string }
  | ({ phase: "sending" } & Sending)
  /** Cannot be used: `failure` is one of the upload, `problem` one of the file; both null where no reason is known. */
  | {
      phase: "failed";
      name: string;
      bytes: number;
      problem: FileProblem | null;
      failure: ApiFailure | null;
    }
  /** In the store, and being processed or ready. */
  | { phase: "stored"; file: UploadedFile };

export interface SlotSteps extends UploadSteps {
  /** Why the file cannot be sent at all. */
  check: (file: File) => FileProblem | null;
}

const EMPTY: SlotState = { phase: "empty" };

function stateOf(file: UploadedFile): SlotState {
  const isUsable = file.status !== "refused" && file.track?.status !== "failed";
  if (isUsable) return { phase: "stored", file };
  const { name, bytes, problem } = file;
  return { phase: "failed", name, bytes, problem, failure: null };
}

/**
 * The file of one dropzone, from choosing it until it is in the store. It outlives the component: the upload goes on
 * while other pages are looked at, and the form finds it again. A lost connection is retried until it works or the
 * user cancels.
 */
export class UploadSlot {
  #state: SlotState = EMPTY;
  /** Object URL of a chosen picture, until another one is chosen. */
  #previewUrl: string | null = null;
  #file: File | null = null;
  /** Of the file; a retry continues it. */
  #upload: FileUpload | null = null;
  #controller: AbortController | null = null;
  #endPause: (() => void) | null = null;
  readonly #rate = new TransferRate();
  #renderedAt = 0;
  readonly #listeners = new Set<() => void>();

  constructor(private readonly steps: SlotSteps) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  readonly state = (): SlotState => this.#state;

  readonly previewUrl = (): string | null => this.#previewUrl;

  /** The file's id for the form: once its bytes are in the store, and until it turns out to be unusable. */
  fileId(): string | null {
    const state = this.#state;
    if (state.phase === "restoring") return state.fileId;
    return state.phase === "stored" ? state.file.id : null;
  }

  /** Uploads a chosen file instead of the current one. */
  choose(file: File): void {
    this.clear();
    if (file.type.startsWith("image/")) this.#previewUrl = URL.createObjectURL(file);
    const problem = this.steps.check(file);
    if (problem) {
      this.#set({ phase: "failed", name: file.name, bytes: file.size, problem, failure: null });
      return;
    }
    this.#file = file;
    void this.#run(file);
  }

  /** Tries again at once: a waiting upload, or one that failed. */
  retry(): void {
    if (this.#endPause) this.#endPause();
    else if (this.#file && this.canRetry()) void this.#run(this.#file);
  }

  /** Whether sending the same file again may help. */
  canRetry(): boolean {
    const state = this.#state;
    if (state.phase !== "failed" || this.#file === null) return false;
    return state.problem === null || state.problem === "incomplete";
  }

  /** Takes a file that is in the store already. */
  adopt(file: UploadedFile): void {
    this.clear();
    this.#set(stateOf(file));
  }

  /** Takes a draft's file, unless there is one. */
  restore(fileId: string): void {
    if (this.#state.phase === "empty") this.#set({ phase: "restoring", fileId });
  }

  /** Applies the current state of the slot's file; ignored when that is another one, or known to be unusable. */
  update(file: UploadedFile): void {
    if (this.fileId() !== file.id) return;
    const state = this.#state;
    if (state.phase === "stored" && JSON.stringify(state.file) === JSON.stringify(file)) return;
    this.#finish(file);
  }

  /** Empties the slot when its file was deleted; ignored for one that was refused, whose reason is still shown. */
  remove(fileId: string): void {
    if (this.fileId() === fileId) this.clear();
  }

  /** Cancels and removes. A file that was uploaded stays, and is offered again. */
  clear(): void {
    this.#controller?.abort();
    this.#controller = null;
    this.#file = null;
    this.#discard();
    if (this.#previewUrl) URL.revokeObjectURL(this.#previewUrl);
    this.#previewUrl = null;
    if (this.#state !== EMPTY) this.#set(EMPTY);
  }

  #discard(): void {
    this.#upload?.discard();
    this.#upload = null;
  }

  async #run(file: File): Promise<void> {
    this.#upload ??= new FileUpload(file, this.steps);
    const upload = this.#upload;
    const controller = new AbortController();
    this.#controller = controller;
    const { signal } = controller;
    const sending: Sending = {
      ...{ name: file.name, bytes: file.size, loaded: 0, remainingSeconds: null, retryAt: null },
      isServerBusy: false,
    };
    this.#set({ phase: "sending", ...sending });
    for (let attempt = 0; ; attempt++) {
      this.#rate.reset();
      const loadedBefore = sending.loaded;
      const result = await upload.attempt(signal, (loaded) => {
        if (!signal.aborted) this.#report(sending, loaded);
      });
      if (signal.aborted) return;
      if (result.ok) return this.#finish(result.data.file);
      if (!TEMPORARY_CODES.has(result.failure.code)) {
        this.#discard();
        return this.#fail(file, result.failure);
      }
      // After progress the pauses begin again.
      if (sending.loaded > loadedBefore) attempt = 0;
      const delayMs = Math.max(
        RETRY_DELAYS_MS[Math.min(attempt, RETRY_DELAYS_MS.length - 1)] ?? 0,
        (result.failure.retryAfterSeconds ?? 0) * 1_000,
      );
      sending.isServerBusy = result.failure.code !== "network";
      Object.assign(sending, { retryAt: Date.now() + delayMs, remainingSeconds: null });
      this.#set({ phase: "sending", ...sending });
      await this.#pause(delayMs, signal);
      if (signal.aborted) return;
      sending.retryAt = null;
      this.#set({ phase: "sending", ...sending });
    }
  }

  #report(sending: Sending, loaded: number): void {
    const now = Date.now();
    sending.loaded = loaded;
    this.#rate.add(loaded, now);
    if (now - this.#renderedAt < MIN_RENDER_INTERVAL_MS) return;
    this.#renderedAt = now;
    sending.remainingSeconds = this.#rate.remainingSeconds(sending.bytes);
    this.#set({ phase: "sending", ...sending });
  }

  /** A refused file takes no quota any more; a retry uploads it again, under a token of its own. */
  #finish(file: UploadedFile): void {
    const state = stateOf(file);
    if (state.phase === "failed") this.steps.discard(file.id);
    this.#upload = null;
    this.#set(state);
  }

  #fail(file: File, failure: ApiFailure): void {
    this.#set({ phase: "failed", name: file.name, bytes: file.size, problem: null, failure });
  }

  /** Ends early when the browser is online again, by `retry()`, or when the upload is cancelled. */
  #pause(delayMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        this.#endPause = null;
        clearTimeout(timer);
        removeEventListener("online", end);
        signal.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, delayMs);
      addEventListener("online", end);
      signal.addEventListener("abort", end);
      this.#endPause = end;
    });
  }

  #set(state: SlotState): void {
    this.#state = state;
    for (const notify of [...this.#listeners]) notify();
  }
}
