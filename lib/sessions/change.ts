import { setTimeout as delay } from "node:timers/promises";
import { failpoint } from "../core/failpoint";
import { log } from "../core/log";
import { type Transaction, transaction } from "../db";
import { wakeUserStreams } from "../realtime";
import { TRUST_LEASE_MS } from "./limits";
import { incrementGeneration, revokeSessions } from "./rows";
import type { RevokeReason } from "./session";
import * as store from "./store";

/**
 * Raises a person's generation and runs `write` in the same transaction.
 * @returns what it returned, and how Redis is told of it
 */
export async function commitChange<R>(
  userId: string,
  write: (tx: Transaction) => Promise<R>,
): Promise<{ result: R; publish: () => Promise<void> }> {
  const { result, generation } = await transaction(async (tx) => {
    const newGeneration = await incrementGeneration(tx, userId);
    return { result: await write(tx), generation: newGeneration };
  });
  await failpoint("sessions.committed");
  return {
    result,
    publish: async () => {
      await store.raise([{ userId, generation }]);
      wakeUserStreams(userId);
    },
  };
}

interface SessionChangeOptions {
  /** Which of the person's sessions end with it; none unless said. */
  revoke?: "all" | "others";
  /** With `others`: the one that stays. */
  exceptSessionId?: string;
  reason?: RevokeReason;
}

/**
 * A change of who somebody is: their sessions, name, address, role or password, or that they are here at all. Raises
 * the person's generation, ends sessions if asked, runs `write`, and commits all of it or nothing. `write` may run
 * more than once (`transaction`).
 *
 * When it ends something (`end`, or a `why`, as for a role that was taken away) it resolves when no instance believes
 * the old state any more: at once when Redis could be told, {@link TRUST_LEASE_MS} later otherwise. Anything else, a new
 * name, nobody waits for.
 *
 * @throws what `write` throws; nothing is changed then. Not when Redis is away.
 */
export async function changeAccount<R>(
  userId: string,
  write: (tx: Transaction) => Promise<R>,
  { revoke, exceptSessionId, reason }: SessionChangeOptions = {},
): Promise<R> {
  const { result, publish } = await commitChange(userId, async (tx) => {
    if (revoke)
      await revokeSessions(
        tx,
        userId,
        revoke === "others" ? { except: exceptSessionId } : {},
        reason ?? revoke,
      );
    return write(tx);
  });
  await (revoke || reason ? publishOrWaitForTrustExpiry(publish) : publishBestEffort(publish));
  return result;
}

/** For what ends nothing: the next catch-up tells Redis otherwise. */
export async function publishBestEffort(publish: () => Promise<unknown>): Promise<void> {
  await publish().catch((error: unknown) =>
    log().debug({ err: error }, "Redis hears of a change of sessions later"),
  );
}

/** Longer than any belief that is under way, whatever the timers' grain. */
const TRUST_EXPIRY_WAIT_MS = TRUST_LEASE_MS + 100;
const RETRY_DELAY_MS = 500;

/**
 * Tells Redis what was committed. While it cannot be told, waits until Redis cannot be believed: who was told that a
 * device is signed out must be able to rely on it (catch-up.ts).
 */
export async function publishOrWaitForTrustExpiry(publish: () => Promise<void>): Promise<void> {
  const startedAt = performance.now();
  for (;;) {
    try {
      return await publish();
    } catch (error) {
      const remainingMs = TRUST_EXPIRY_WAIT_MS - (performance.now() - startedAt);
      if (remainingMs <= 0) {
        log().warn(
          { err: error },
          "Redis does not know of a change of sessions; nobody believes it meanwhile",
        );
        return;
      }
      await delay(Math.min(RETRY_DELAY_MS, remainingMs));
    }
  }
}
