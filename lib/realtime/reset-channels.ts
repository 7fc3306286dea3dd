import { z } from "zod";
import { log } from "../core/log";
import { keys, PendingReplay, redisService } from "../redis";
import type { Channel } from "../schemas/channels";
import { newSequence } from "./channel-log";
import { resetLogs } from "./scripts";

/** Channels of one command, to bound the number of its keys. */
const MAX_BATCH_SIZE = 200;
/** Delay between two attempts while Redis is unavailable. */
const RETRY_DELAY_MS = 2_000;
/** Pages that polled meanwhile have read what happened on the channels that are dropped. */
const MAX_PENDING_RESETS = 10_000;

/** Channels whose reset Redis missed. */
const pendingResets = new PendingReplay<Channel>({ maxSize: MAX_PENDING_RESETS });
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
      [
        ...batch.flatMap((channel) => [keys.realtimeHead(channel), keys.realtimeLog(channel)]),
        keys.realtimeSequence,
      ],
      [keys.realtimeUpstream, JSON.stringify(batch), newSequence()],
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
  pendingResets.add(channels);
  if (!retryTimer) retryTimer = setTimeout(() => void retryPendingResets(), RETRY_DELAY_MS).unref();
}

async function retryPendingResets(): Promise<void> {
  retryTimer = undefined;
  await resetChannels(pendingResets.take());
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
