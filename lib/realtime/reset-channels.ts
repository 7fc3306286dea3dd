import { z } from "zod";
import { log } from "../core/log";
import { keys, redisService } from "../redis";
import type { Channel } from "./catalogue";
import { resetLogs } from "./scripts";

/** A command's keys are bounded. */
const MAX_BATCH_SIZE = 200;
/** Between two attempts while Redis is away. */
const RETRY_DELAY_MS = 2_000;
/** Channels that wait for Redis to come back; past it the oldest is let go, and pages that polled meanwhile have read it. */
const MAX_PENDING_RESETS = 10_000;

const pendingResets = new Set<Channel>();
let retryTimer: NodeJS.Timeout | undefined;

/**
 * What was said on these channels is in no log any more, and whoever listens is told at once to read anew. For when
 * what was told is not what is: somebody is to be forgotten, or an event got lost. Safe to repeat and to run beside
 * anything else: each log is gone in one step, and the next event begins another epoch. While Redis is away it is
 * done again and again, until this process ends; a log is gone a day after its last entry in any case.
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
 * What was said on these channels is in no log any more, and whoever has heard all of it goes on as if nothing had
 * happened; whoever has not, or comes later with an old cursor, is told to read anew. For words that were taken back: the
 * event that says so may come before this or after it. Safe to repeat; one command.
 */
export const clearLogs = (channels: readonly Channel[]): Promise<void> =>
  inBatches(channels, (batch) => redisService().del(...batch.map((channel) => keys.realtimeLog(channel))));

/** Forgets these channels as soon as Redis answers: what was to be said on them was not, and nobody would know. */
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
    const some = channels.slice(from, from + MAX_BATCH_SIZE);
    try {
      await run(some);
    } catch (error) {
      log().debug({ err: error }, "logs of channels are forgotten when Redis answers");
      resetChannelsLater(some);
    }
  }
}
