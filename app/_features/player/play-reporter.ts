import { playCounts } from "@/app/_data/play-counts";
import { sendPlay } from "./plays-api";

const MS_PER_HOUR = 3_600_000;
/** After a failed call. */
const RETRY_DELAY_MS = 15_000;

/** Reports the plays of this page, once per post and hour in UTC, as the server counts them. */
export class PlayReporter {
  /** Hour of the last report of each post, in hours since the epoch. */
  private readonly hours = new Map<string, number>();
  private retryAt = 0;

  /** Safe to call often. */
  async report(postId: string): Promise<void> {
    const hour = Math.floor(Date.now() / MS_PER_HOUR);
    if (this.hours.get(postId) === hour || Date.now() < this.retryAt) return;
    this.hours.set(postId, hour);
    const result = await sendPlay(postId);
    if (result.ok) return playCounts.apply(postId, result.data.playsCount);
    // A refusal stays one; everything else may pass.
    if (["forbidden", "not_found", "unauthenticated", "bad_request"].includes(result.failure.code)) return;
    this.hours.delete(postId);
    this.retryAt = Date.now() + RETRY_DELAY_MS;
  }
}
