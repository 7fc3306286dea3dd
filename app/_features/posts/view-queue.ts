import type { ApiResult } from "@/app/_ui/api-result";
import { MAX_VIEWED_POSTS } from "@/lib/schemas/limits";

/** Views within this time are sent in one batch. */
const BATCH_DELAY_MS = 1_000;
/** Used when the server sends no retry time. */
const RETRY_DELAY_MS = 5_000;
/** A batch is dropped after this many failures, so that it does not use up the user's rate limit. */
const MAX_ATTEMPTS = 3;

type Send = (postIds: string[]) => Promise<ApiResult<{ postIds: string[] }>>;

/**
 * Collects the posts that a user has seen and sends each once per page load of the site. Safe to retry: the server
 * counts a repeated view once.
 */
export class ViewQueue {
  private readonly queuedIds = new Set<string>();
  private pending: string[] = [];
  private attempts = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** @param onCounted receives the ids of the views that were new */
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

  /** Sends the pending views immediately, for when the user leaves the page. */
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
    const batch = this.pending.splice(0, MAX_VIEWED_POSTS);
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
