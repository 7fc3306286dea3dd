import { setTimeout as delay } from "node:timers/promises";
import { failpoint } from "../core/failpoint";
import { log } from "../core/log";
import { type Transaction, transaction } from "../db";
import { wake } from "../realtime";
import { BELIEF_MS } from "./limits";
import { endSessions, raiseGeneration } from "./rows";
import type { RevokeReason } from "./session";
import * as store from "./store";

/**
 * Raises a person's generation and runs `write` in the same transaction.
 * @returns what it returned, and how Redis is told of it
 */
export async function commitChange<R>(
  userId: string,
  write: (tx: Transaction) => Promise<R>,
): Promise<{ result: R; tell: () => Promise<void> }> {
  const { result, generation } = await transaction(async (tx) => {
    const raised = await raiseGeneration(tx, userId);
    return { result: await write(tx), generation: raised };
  });
  await failpoint("sessions.committed");
  return {
    result,
    tell: async () => {
      await store.raise([{ userId, generation }]);
      wake(userId);
    },
  };
}

interface ChangeOptions {
  /** Which of the person's sessions end with it; none unless said. */
  end?: "all" | "others";
  /** With `others`: the one that stays. */
  keep?: string;
  why?: RevokeReason;
}

/**
 * A change of who somebody is: their sessions, name, address, role or password, or that they are here at all. Raises
 * the person's generation, ends sessions if asked, runs `write`, and commits all of it or nothing. `write` may run
 * more than once (`transaction`).
 *
 * When it ends something (`end`, or a `why`, as for a role that was taken away) it resolves when no instance believes
 * the old state any more: at once when Redis could be told, {@link BELIEF_MS} later otherwise. Anything else, a new
 * name, nobody waits for.
 *
 * @throws what `write` throws; nothing is changed then. Not when Redis is away.
 */
export async function changeAccount<R>(
  userId: string,
  write: (tx: Transaction) => Promise<R>,
  { end, keep, why }: ChangeOptions = {},
): Promise<R> {
  const { result, tell } = await commitChange(userId, async (tx) => {
    if (end) await endSessions(tx, userId, end === "others" ? { except: keep } : {}, why ?? end);
    return write(tx);
  });
  await (end || why ? untilNobodyBelieves(tell) : tellOrLeave(tell));
  return result;
}

/** For what ends nothing: the next catch-up tells Redis otherwise. */
export async function tellOrLeave(tell: () => Promise<unknown>): Promise<void> {
  await tell().catch((error: unknown) =>
    log().debug({ err: error }, "Redis hears of a change of sessions later"),
  );
}

/** Longer than any belief that is under way, whatever the timers' grain. */
const WAIT_MS = BELIEF_MS + 100;
const RETRY_MS = 500;

/**
 * Tells Redis what was committed. While it cannot be told, waits until Redis cannot be believed: who was told that a
 * device is signed out must be able to rely on it (catch-up.ts).
 */
export async function untilNobodyBelieves(tell: () => Promise<void>): Promise<void> {
  const startedAt = performance.now();
  for (;;) {
    try {
      return await tell();
    } catch (error) {
      const leftMs = WAIT_MS - (performance.now() - startedAt);
      if (leftMs <= 0) {
        log().warn(
          { err: error },
          "Redis does not know of a change of sessions; nobody believes it meanwhile",
        );
        return;
      }
      await delay(Math.min(RETRY_MS, leftMs));
    }
  }
}
