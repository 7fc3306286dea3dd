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
 * Increments a user's generation and runs `write` in the same transaction.
 * @returns the result of `write`, and a function that writes the new generation to Redis
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
  /** The user's sessions to revoke; none by default. */
  revoke?: "all" | "others";
  /** With `others`: the session to keep. */
  exceptSessionId?: string;
  reason?: RevokeReason;
}

/**
 * Changes an account: its sessions, name, address, role or password, or deletes it. Increments the user's generation,
 * revokes sessions if requested and runs `write`, in one transaction. `write` may run more than once (`transaction`).
 *
 * With `revoke` or a `reason` it resolves when no instance uses the old state any more: immediately when Redis takes
 * the new generation, up to {@link TRUST_LEASE_MS} later otherwise. Without them (a new name) it tries Redis once.
 *
 * @throws what `write` throws; nothing is changed then. Does not throw when Redis is unavailable.
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

/** Publishes a change that revokes nothing. If it fails, the next catch-up writes it to Redis. */
export async function publishBestEffort(publish: () => Promise<unknown>): Promise<void> {
  await publish().catch((error: unknown) =>
    log().debug({ err: error }, "session change left to the next catch-up: Redis unavailable"),
  );
}

/** Longer than any trust lease that is already granted; 100 ms allow for inexact timers. */
const TRUST_EXPIRY_WAIT_MS = TRUST_LEASE_MS + 100;
const RETRY_DELAY_MS = 500;

/**
 * Publishes a committed revocation. While Redis does not take it, retries until every trust lease granted before it has
 * expired: a response that confirms a sign-out must be true (catch-up.ts).
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
          "session revocation not written to Redis: waited for the trust lease to expire",
        );
        return;
      }
      await delay(Math.min(RETRY_DELAY_MS, remainingMs));
    }
  }
}
