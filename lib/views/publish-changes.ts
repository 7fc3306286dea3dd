import { setTimeout as delay } from "node:timers/promises";
import { now } from "../core/clock";
import { defer } from "../core/defer";
import { env } from "../core/env";
import { log } from "../core/log";
import { emit } from "../realtime";
import { publish } from "../tasks";

/** Shortest time between two events: pages do not need every view of a busy post. */
const MIN_INTERVAL_MS = 1_000;
/** Counts that change within this window go in one event. */
const BATCH_WINDOW_MS = 50;
const MAX_COUNTS_PER_EVENT = 200;

type CountName = "viewsCount" | "playsCount";

const pendingCounts = new Map<string, { [N in CountName]?: number }>();
let lastPublishedAt = Number.NEGATIVE_INFINITY;
let isScheduled = false;

/**
 * Publishes counts to open pages, at most once a second from this process. No timer runs while no count changes.
 */
export function publishCounts(
  name: CountName,
  counts: Iterable<readonly [postId: string, count: number]>,
): void {
  for (const [postId, count] of counts) {
    const pending = pendingCounts.get(postId) ?? {};
    // Two calls may return in another order than Redis ran them, so the larger count wins.
    pendingCounts.set(postId, { ...pending, [name]: Math.max(count, pending[name] ?? 0) });
  }
  if (isScheduled || pendingCounts.size === 0) return;
  isScheduled = true;
  defer(async () => {
    const waitMs = Math.min(lastPublishedAt + MIN_INTERVAL_MS - now(), MIN_INTERVAL_MS);
    await delay(Math.max(BATCH_WINDOW_MS, waitMs), undefined, { ref: false });
    isScheduled = false;
    lastPublishedAt = now();
    const changed = [...pendingCounts].map(([postId, each]) => ({ postId, ...each }));
    pendingCounts.clear();
    for (let from = 0; from < changed.length; from += MAX_COUNTS_PER_EVENT) {
      emit("views", "counts", { counts: changed.slice(from, from + MAX_COUNTS_PER_EVENT) });
    }
  });
}

/** Longest wait of a quiet post's first view for its sync. */
const SYNC_DELAY_SECONDS = 30;

let lastWindow = -1;

/**
 * Requests a sync after a delay, so that a quiet post does not wait for the cron. One message per window for the whole
 * fleet: each process publishes once, and the deduplication id merges the messages. Best effort: the cron syncs
 * anyway.
 */
export function requestSync(): void {
  // One each 30 s would be more than all messages of that plan's day.
  if (env().QSTASH_PLAN === "free") return;
  const window = Math.floor(now() / (SYNC_DELAY_SECONDS * 1000));
  if (window === lastWindow) return;
  lastWindow = window;
  publishSync({ delaySeconds: SYNC_DELAY_SECONDS, deduplicationId: `views-sync-${window}` });
}

/**
 * Requests the next sync at once, after one whose time was up: a backlog is then synced without pauses. The id merges
 * the requests of syncs that ended together. Best effort, as above.
 */
export function continueSync(): void {
  publishSync({ deduplicationId: `views-sync-continued-${Math.floor(now() / 1000)}` });
}

function publishSync(options: { delaySeconds?: number; deduplicationId: string }): void {
  defer(async () => {
    try {
      await publish("views-sync", {}, options);
    } catch (error) {
      log().warn({ err: error }, "early view sync not requested: left to the cron");
    }
  });
}
