import { createHmac } from "node:crypto";
import { setMaxListeners } from "node:events";
import { setTimeout as delay } from "node:timers/promises";

const MAX_ATTEMPTS = 5;
const INITIAL_RETRY_DELAY_MS = 500;
const ATTEMPT_TIMEOUT_MS = 10_000;

/** Callbacks to apps after uploads from a browser. Those that are due are lost when the server stops. */
export class CompletionCallbacks {
  readonly #stop = new AbortController();

  constructor(private readonly storeToken: string) {
    // Every callback that waits for its next attempt listens for the end.
    setMaxListeners(0, this.#stop.signal);
  }

  /**
   * Calls the URL in the background, signed as `handleUpload` of `@vercel/blob/client` checks it, and repeats a call
   * that failed.
   */
  send(callbackUrl: string, blob: object, tokenPayload: string | null): void {
    const body = JSON.stringify({ type: "blob.upload-completed", payload: { blob, tokenPayload } });
    void this.#deliver(callbackUrl, body).catch(() => {});
  }

  close(): void {
    this.#stop.abort();
  }

  async #deliver(url: string, body: string): Promise<void> {
    const signature = createHmac("sha256", this.storeToken).update(body).digest("hex");
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const status = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json", "x-vercel-signature": signature },
        body,
        signal: AbortSignal.any([this.#stop.signal, AbortSignal.timeout(ATTEMPT_TIMEOUT_MS)]),
      }).then(
        async (response) => {
          await response.body?.cancel();
          return String(response.status);
        },
        (error: unknown) => String(error),
      );
      if (/^2\d\d$/.test(status) || this.#stop.signal.aborted) return;
      process.stderr.write(`blob upload callback to ${url} failed (attempt ${attempt}): ${status}\n`);
      await delay(INITIAL_RETRY_DELAY_MS * 2 ** (attempt - 1), undefined, { signal: this.#stop.signal });
    }
  }
}
