import { z } from "zod";
import { log } from "../core/log";
import { keys, redisService } from "../redis";
import type { Channel } from "../schemas/channels";
import { resetLogs } from "./scripts";

/** Channels of one command, to bound the number of its keys. */
const MAX_BATCH_SIZE = 200;
/** Delay between two attempts while Redis is unavailable. */
const RETRY_DELAY_MS = 2_000;
/** Channels waiting for Redis; beyond it the oldest is dropped, which pages that polled meanwhile have read. */
const MAX_PENDING_RESETS = 10_000;

const pendingResets = new Set<Channel>();
let retryTimer: NodeJS.Timeout | undefined;

/**
 * Deletes the logs and heads of channels, and makes all subscribers reload immediately. For logs that are wrong: an
 * account is erased, or an event was lost. Safe to repeat and to run concurrently: each log is deleted atomically, and
 * the next event starts a new epoch. While Redis is unavailable it is retried until this process ends; a log expires a
 * day after its last entry in any case.
 */
export const resetChannels = (channels: readonly Channel[]): Promise<void> =>
  inBatches(channels, (batch) =>
    redisService().script(
      resetLogs,
      batch.flatMap((channel) => [keys.realtimeHead(channel), keys.realtimeLog(channel)]),
      [keys.realtimeUpstream, JSON.stringify({ forgotten: batch })],
      z.int(),
    ),
  );

/**
 * Deletes the entries of logs and keeps the heads: subscribers at the head continue undisturbed, and those with an
 * older cursor must reload. For deleted messages; the event of the deletion may be emitted before or after this call.
 * Safe to repeat; one command per 200 channels.
 */
export const clearLogs = (channels: readonly Channel[]): Promise<void> =>
  inBatches(channels, (batch) => redisService().del(...batch.map((channel) => keys.realtimeLog(channel))));

/** Resets channels as soon as Redis answers, because events on them were lost and subscribers would not notice. */
export function resetChannelsLater(channels: readonly Channel[]): void {
  for (const channel of channels) {
    pendingResets.delete(channel);
    pendingResets.add(channel);
  }
  for (const oldest of pendingResets) {
    if (pendingResets.size <= MAX_PENDING_RESETS) break;
    pendingResets.delete(oldest);
  }
  if (!retryTimer) retryTimer = setTimeout(() => void retryPendingResets(), RETRY_DELAY_MS).unref();
}

async function retryPendingResets(): Promise<void> {
  retryTimer = undefined;
  const channels = [...pendingResets];
  pendingResets.clear();
  await resetChannels(channels);
}

async function inBatches(
  channels: readonly Channel[],
  run: (batch: Channel[]) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < channels.length; from += MAX_BATCH_SIZE) {
    const batch = channels.slice(from, from + MAX_BATCH_SIZE);
    try {
      await run(batch);
    } catch (error) {
      log().debug({ err: error }, "channel logs not deleted: retried until Redis is available");
      resetChannelsLater(batch);
    }
  }
}
