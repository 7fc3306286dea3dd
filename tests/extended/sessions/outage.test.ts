import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { waitForDeferredWork } from "@/lib/core/defer";
import { isOutage } from "@/lib/core/http";
import { db } from "@/lib/db";
import { keys, redis } from "@/lib/redis";
import {
  changeAccount,
  deleteOtherUserSessions,
  deleteSession,
  getUserSessions,
  refreshSession,
  validateSession,
} from "@/lib/sessions";
import { catchUpNow } from "@/lib/sessions/catch-up";
import { LOOKUPS_BEFORE_LEASE, MAX_LAG_MS, TRUST_LEASE_MS } from "@/lib/sessions/limits";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createPerson } from "@/tests/support/factories/people";
import { startTestSession } from "@/tests/support/factories/sessions";
import { startFaultProxy } from "@/tests/support/proxies/fault-proxy";
import { currentGateway } from "@/tests/support/stack/current-gateway";
import { startInProcessInstance } from "@/tests/support/stack/in-process-instance";

/** Sessions while Redis or Postgres is down, flushed, or restored from a backup. */

const CLIENT = { ip: null, userAgent: null };
const DAY_MS = 86_400_000;
// The URL must point to the proxy before anything opens a connection.
const databaseUrl = new URL(process.env.DATABASE_URL ?? "");
const postgresProxy = await startFaultProxy({ host: databaseUrl.hostname, port: Number(databaseUrl.port) });
databaseUrl.host = `127.0.0.1:${postgresProxy.port}`;
process.env.DATABASE_URL = databaseUrl.toString();

const redisProxy = await startFaultProxy({ host: "127.0.0.1", port: currentGateway().port });
/** Another instance, whose connection to Redis can be cut separately. */
const other = await startInProcessInstance(`http://127.0.0.1:${redisProxy.port}`);

afterEach(() => redisProxy.set("pass"));
afterAll(async () => {
  await other.deferredWork();
  await other.stop();
  await redisProxy.close();
  await postgresProxy.close();
});

/** Renews the trust lease, and validates a token twice, after which Redis has its session. */
async function warm(token: string): Promise<void> {
  await catchUpNow();
  await validateSession(token);
  await waitForDeferredWork();
  expect(await validateSession(token)).not.toBeNull();
  await waitForDeferredWork();
}

/**
 * Copies the sessions, generations and epoch in Redis, as a backup does. The trust lease is left out, because it has
 * expired by the time a backup is restored.
 * @returns a function that restores the copy in an otherwise empty Redis
 */
async function backUpSessions(): Promise<() => Promise<void>> {
  const hashes: [string, Record<string, unknown>][] = [];
  for (const pattern of [keys.session("*"), keys.userGeneration("*"), keys.sessionsState]) {
    for (const key of await redis().keys(pattern)) {
      const hash = await redis().hgetall<Record<string, unknown>>(key);
      if (hash) hashes.push([key, hash]);
    }
  }
  return async () => {
    await redis().flushdb();
    for (const [key, hash] of hashes) await redis().hset(key, hash);
  };
}

describe("a flushed Redis", () => {
  it("neither signs out a user nor accepts a revoked session", async () => {
    const person = await createPerson();
    const [revoked, kept] = [await startTestSession(person), await startTestSession(person)];
    await Promise.all([warm(revoked.accessToken), warm(kept.accessToken)]);
    await deleteSession(revoked.session.id);
    await redis().flushdb();
    for (let round = 0; round < 3; round += 1) {
      expect(await validateSession(revoked.accessToken)).toBeNull();
      expect(await validateSession(kept.accessToken)).toMatchObject({ id: kept.session.id });
      await waitForDeferredWork();
      await catchUpNow();
    }
    expect((await getUserSessions(person.userId)).map(({ id }) => id)).toEqual([kept.session.id]);
  });

  it("during a revocation lets no concurrent reader restore the session", async () => {
    const { session, accessToken } = await startTestSession(await createPerson());
    // This read has the row from Postgres and has not stored it yet.
    const read = validateSession(accessToken);
    await Promise.all([read, deleteSession(session.id), redis().flushdb()]);
    await waitForDeferredWork();
    await validateSession(accessToken);
    await waitForDeferredWork();
    expect(await validateSession(accessToken)).toBeNull();
  });
});

describe("a restored backup of Redis", () => {
  it("from before a revocation does not restore the session", async () => {
    const person = await createPerson();
    const [revoked, kept] = [await startTestSession(person), await startTestSession(person)];
    await Promise.all([warm(revoked.accessToken), warm(kept.accessToken)]);
    const restore = await backUpSessions();
    await deleteOtherUserSessions(person.userId, kept.session.id);
    await restore();
    for (let round = 0; round < 3; round += 1) {
      expect(await validateSession(revoked.accessToken)).toBeNull();
      expect(await validateSession(kept.accessToken)).not.toBeNull();
      await waitForDeferredWork();
      await catchUpNow();
    }
  });

  it("from before a role change does not restore the role", async () => {
    const person = await createPerson("admin");
    const { accessToken } = await startTestSession(person);
    await warm(accessToken);
    const restore = await backUpSessions();
    await changeAccount(
      person.userId,
      (tx) => tx.user.update({ where: { id: person.userId }, data: { role: "listener" } }),
      { reason: "role" },
    );
    await restore();
    for (let round = 0; round < 3; round += 1) {
      expect((await validateSession(accessToken))?.role).toBe("listener");
      await waitForDeferredWork();
      await catchUpNow();
    }
  });

  it("older than the maximum lag is not trusted at all", async () => {
    const { accessToken, session } = await startTestSession(await createPerson());
    await warm(accessToken);
    const restore = await backUpSessions();
    await deleteSession(session.id);
    // A catch-up would not read a change this old.
    await db().sessionGeneration.update({
      where: { userId: session.userId },
      data: { changedAt: new Date(Date.now() - 30 * DAY_MS) },
    });
    await restore();
    await redis().hset(keys.sessionsState, { caughtUp: Date.now() - 2 * MAX_LAG_MS });
    for (let round = 0; round < 3; round += 1) {
      expect(await validateSession(accessToken)).toBeNull();
      await waitForDeferredWork();
      await catchUpNow();
    }
  });
});

describe("an instance that cannot reach Redis", () => {
  it.each(["refuse", "hang", "error"] as const)("authenticates by Postgres (%s)", async (mode) => {
    const person = await createPerson();
    const [revoked, kept] = [await startTestSession(person), await startTestSession(person)];
    await redisProxy.set(mode);
    expect(await other.sessions.validateSession(revoked.accessToken)).not.toBeNull();
    await deleteSession(revoked.session.id);
    expect(await other.sessions.validateSession(revoked.accessToken)).toBeNull();
    expect(await other.sessions.validateSession(kept.accessToken)).not.toBeNull();
    expect(await other.sessions.getUserSessions(person.userId)).toHaveLength(1);
    const next = await other.sessions.refreshSession(kept.refreshToken, CLIENT);
    expect(await validateSession(next.accessToken)).not.toBeNull();
  });

  it("revokes a session also for instances that can: after the response none accepts it", async () => {
    const { session, accessToken } = await startTestSession(await createPerson());
    await warm(accessToken);
    await redisProxy.set("refuse");
    // Continuous requests keep the trust lease renewed.
    let polling = true;
    const acceptedAt: number[] = [];
    const poller = (async () => {
      while (polling) {
        if (await validateSession(accessToken)) acceptedAt.push(performance.now());
        await delay(50);
      }
    })();
    await other.sessions.deleteSession(session.id);
    const respondedAt = performance.now();
    expect(await validateSession(accessToken)).toBeNull();
    await delay(300);
    polling = false;
    await poller;
    expect(acceptedAt.filter((at) => at > respondedAt)).toEqual([]);
  });

  it("and dies right after the commit of a revocation: the session is rejected once the trust lease has ended", async () => {
    const { session, accessToken } = await startTestSession(await createPerson());
    await warm(accessToken);
    const restore = other.injectFault(async (name) => {
      if (name === "sessions.committed") throw new Error("killed");
    });
    await expect(other.sessions.deleteSession(session.id)).rejects.toThrow("killed");
    restore();
    await expect
      .poll(() => validateSession(accessToken), { timeout: 2 * TRUST_LEASE_MS, interval: 100 })
      .toBeNull();
  });

  it("signs users in without waiting for it", async () => {
    await redisProxy.set("refuse");
    const person = await createPerson();
    const issued = await other.sessions.startSession({ userId: person.userId }, CLIENT);
    expect(await validateSession(issued.accessToken)).toMatchObject({ userId: person.userId });
  });
});

it("a refresh whose response was lost can be repeated", async () => {
  const { refreshToken } = await startTestSession(await createPerson());
  const restore = other.injectFault(async (name) => {
    if (name === "sessions.rotated") throw new Error("killed");
  });
  await expect(other.sessions.refreshSession(refreshToken, CLIENT)).rejects.toThrow("killed");
  restore();
  const again = await refreshSession(refreshToken, CLIENT);
  expect(again.session.rotation).toBe(1);
  expect(await validateSession(again.accessToken)).not.toBeNull();
});

describe("with Postgres down", () => {
  it("sessions known to Redis stay valid even without the trust lease, and no others are accepted", async () => {
    const known = await startTestSession(await createPerson());
    const unknown = await startTestSession(await createPerson());
    await warm(known.accessToken);
    await postgresProxy.set("refuse");
    expect(await validateSession(known.accessToken)).not.toBeNull();
    await redis().del(keys.sessionsTrustLease);
    expect(await validateSession(known.accessToken)).not.toBeNull();
    await waitForDeferredWork();
    await expect(validateSession(unknown.accessToken)).rejects.toSatisfy(isOutage);
    await expect(deleteSession(known.session.id)).rejects.toSatisfy(isOutage);

    // As after hours without traffic. The look-ups begin a catch-up, which cannot end.
    await redis().hset(keys.sessionsState, { caughtUp: Date.now() - 2 * MAX_LAG_MS });
    for (let lookups = 0; lookups < 2 * LOOKUPS_BEFORE_LEASE; lookups += 1) {
      expect(await validateSession(known.accessToken)).not.toBeNull();
      await waitForDeferredWork();
    }
    await postgresProxy.set("pass");
    // Until the pool has noticed that its connections are closed, calls fail.
    await waitUntil("Postgres is reachable", () =>
      validateSession(unknown.accessToken).then(
        (session) => session !== null,
        () => false,
      ),
    );
    expect(await validateSession(known.accessToken)).not.toBeNull();
  });
});
