import type { ApiResult } from "@/app/_ui/api-result";
import { MAX_BATCH_SIZE } from "./views-api";

/** Views of cards that come into sight close together travel together. */
const BATCH_DELAY_MS = 1_000;
/** When the server names no time to wait. */
const RETRY_DELAY_MS = 5_000;
/** A view that could not be delivered this often is let go: it must not cost the person their request limit. */
const MAX_ATTEMPTS = 3;

type Send = (postIds: string[]) => Promise<ApiResult<{ postIds: string[] }>>;

/**
 * Gathers the posts a person has seen and sends each once per open of the site. Sending the same view
 * twice is harmless (the server counts it once), so what failed is simply sent again.
 */
export class ViewQueue {
  private readonly queuedIds = new Set<string>();
  private pending: string[] = [];
  private attempts = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** @param onCounted is told which views were new */
  constructor(
    private readonly send: Send,
    private readonly onCounted: (postIds: string[]) => void,
  ) {}

  add(postId: string): void {
    if (this.queuedIds.has(postId)) return;
    this.queuedIds.add(postId);
    this.pending.push(postId);
    this.schedule(BATCH_DELAY_MS);
  }

  /** Sends what is waiting now, for when the page is being left. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    void this.sendBatch();
  }

  private schedule(delayMs: number): void {
    this.timer ??= setTimeout(() => this.flush(), delayMs);
  }

  private async sendBatch(): Promise<void> {
    if (this.pending.length === 0) return;
    const batch = this.pending.splice(0, MAX_BATCH_SIZE);
    const result = await this.send(batch);
    if (result.ok) {
      this.attempts = 0;
      this.onCounted(result.data.postIds);
    } else if (isRetryableCode(result.failure.code) && ++this.attempts < MAX_ATTEMPTS) {
      this.pending.unshift(...batch);
      this.schedule((result.failure.retryAfterSeconds ?? 0) * 1_000 || RETRY_DELAY_MS);
      return;
    }
    if (this.pending.length > 0) this.schedule(BATCH_DELAY_MS);
  }
}

function isRetryableCode(code: string): boolean {
  return code === "network" || code === "rate_limited" || code === "unavailable" || code === "internal";
}
