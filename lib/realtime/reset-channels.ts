import { z } from "zod";
import { log } from "../core/log";
import { keys, redisService } from "../redis";
import type { Channel } from "./catalogue";
import { forgetLogs } from "./scripts";

/** A command's keys are bounded. */
const MOST_AT_ONCE = 200;
/** Between two attempts while Redis is away. */
const AGAIN_AFTER_MS = 2_000;
/** Channels that wait for Redis to come back; past it the oldest is let go, and pages that polled meanwhile have read it. */
const MOST_OWED = 10_000;

const owed = new Set<Channel>();
let timer: NodeJS.Timeout | undefined;

/**
 * What was said on these channels is in no log any more, and whoever listens is told at once to read anew. For when
 * what was told is not what is: somebody is to be forgotten, or an event got lost. Safe to repeat and to run beside
 * anything else: each log is gone in one step, and the next event begins another epoch. While Redis is away it is
 * done again and again, until this process ends; a log is gone a day after its last entry in any case.
 */
export const forgetChannels = (channels: readonly Channel[]): Promise<void> =>
  inParts(channels, (some) =>
    redisService().script(
      forgetLogs,
      some.flatMap((channel) => [keys.realtimeHead(channel), keys.realtimeLog(channel)]),
      [keys.realtimeUpstream, JSON.stringify({ forgotten: some })],
      z.int(),
    ),
  );

/**
 * What was said on these channels is in no log any more, and whoever has heard all of it goes on as if nothing had
 * happened; whoever has not, or comes later with an old cursor, is told to read anew. For words that were taken back: the
 * event that says so may come before this or after it. Safe to repeat; one command.
 */
export const clearLogs = (channels: readonly Channel[]): Promise<void> =>
  inParts(channels, (some) => redisService().del(...some.map((channel) => keys.realtimeLog(channel))));

/** Forgets these channels as soon as Redis answers: what was to be said on them was not, and nobody would know. */
export function forgetLater(channels: readonly Channel[]): void {
  for (const channel of channels) {
    owed.delete(channel);
    owed.add(channel);
  }
  for (const oldest of owed) {
    if (owed.size <= MOST_OWED) break;
    owed.delete(oldest);
  }
  if (!timer) timer = setTimeout(() => void settle(), AGAIN_AFTER_MS).unref();
}

async function settle(): Promise<void> {
  timer = undefined;
  const channels = [...owed];
  owed.clear();
  await forgetChannels(channels);
}

async function inParts(
  channels: readonly Channel[],
  work: (some: Channel[]) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < channels.length; from += MOST_AT_ONCE) {
    const some = channels.slice(from, from + MOST_AT_ONCE);
    try {
      await work(some);
    } catch (error) {
      log().debug({ err: error }, "logs of channels are forgotten when Redis answers");
      forgetLater(some);
    }
  }
}
