import { playCounts } from "@/app/_data/play-counts";
import { sendPlay } from "./plays-api";

const MS_PER_HOUR = 3_600_000;
/** Pause after a call that may succeed later. */
const RETRY_DELAY_MS = 15_000;

/** Reports the plays of this page, once per post and hour in UTC, as the server counts them. */
export class PlayReporter {
  /** Hour of the last report of each post, in hours since the epoch. */
  private readonly hours = new Map<string, number>();
  private isSending = false;
  private retryAt = 0;

  /**
   * Safe to call often.
   * @returns whether the listen is settled: its play counts, now or by an earlier listen of this hour, or never will
   */
  async report(postId: string): Promise<boolean> {
    const hour = Math.floor(Date.now() / MS_PER_HOUR);
    if (this.hours.get(postId) === hour) return true;
    if (this.isSending || Date.now() < this.retryAt) return false;
    this.isSending = true;
    const result = await sendPlay(postId);
    this.isSending = false;
    if (result.ok) playCounts.apply(postId, result.data.playsCount);
    // A refusal is final; after any other failure the call may succeed later.
    else if (!["forbidden", "not_found", "unauthenticated", "bad_request"].includes(result.failure.code)) {
      this.retryAt = Date.now() + RETRY_DELAY_MS;
      return false;
    }
    this.hours.set(postId, hour);
    return true;
  }
}
