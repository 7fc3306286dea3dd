import type { ApiResult } from "@/app/_ui/api-result";
import { MAX_BATCH } from "./views-api";

/** Views of cards that come into sight close together travel together. */
const GATHER_MS = 1_000;
/** When the server names no time to wait. */
const RETRY_MS = 5_000;
/** A view that could not be delivered this often is let go: it must not cost the person their request limit. */
const MAX_ATTEMPTS = 3;

type Send = (postIds: string[]) => Promise<ApiResult<{ postIds: string[] }>>;

/**
 * Gathers the posts a person has seen and sends each once per open of the site. Sending the same view
 * twice is harmless (the server counts it once), so what failed is simply sent again.
 */
export class SeenQueue {
  private readonly seen = new Set<string>();
  private waiting: string[] = [];
  private attempts = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** @param counted is told which views were new */
  constructor(
    private readonly send: Send,
    private readonly counted: (postIds: string[]) => void,
  ) {}

  add(postId: string): void {
    if (this.seen.has(postId)) return;
    this.seen.add(postId);
    this.waiting.push(postId);
    this.schedule(GATHER_MS);
  }

  /** Sends what is waiting now, for when the page is being left. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    void this.deliver();
  }

  private schedule(delayMs: number): void {
    this.timer ??= setTimeout(() => this.flush(), delayMs);
  }

  private async deliver(): Promise<void> {
    if (this.waiting.length === 0) return;
    const batch = this.waiting.splice(0, MAX_BATCH);
    const result = await this.send(batch);
    if (result.ok) {
      this.attempts = 0;
      this.counted(result.data.postIds);
    } else if (worthRepeating(result.failure.code) && ++this.attempts < MAX_ATTEMPTS) {
      this.waiting.unshift(...batch);
      this.schedule((result.failure.retryAfterSeconds ?? 0) * 1_000 || RETRY_MS);
      return;
    }
    if (this.waiting.length > 0) this.schedule(GATHER_MS);
  }
}

function worthRepeating(code: string): boolean {
  return code === "network" || code === "rate_limited" || code === "unavailable" || code === "internal";
}
