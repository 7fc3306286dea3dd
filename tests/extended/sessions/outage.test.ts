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
import { TRUST_LEASE_MS } from "@/lib/sessions/limits";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createPerson } from "@/tests/support/factories/people";
import { startTestSession } from "@/tests/support/factories/sessions";
import { startFaultProxy } from "@/tests/support/proxies/fault-proxy";
import { currentGateway } from "@/tests/support/stack/current-gateway";
import { startInProcessInstance } from "@/tests/support/stack/in-process-instance";

/** Sessions while Redis or Postgres is down, flushed, or restored from a backup. */

const CLIENT = { ip: null, userAgent: null };
// Set before anything opens a connection.
const databaseUrl = new URL(process.env.DATABASE_URL ?? "");
const postgresProxy = await startFaultProxy({ host: databaseUrl.hostname, port: Number(databaseUrl.port) });
databaseUrl.host = `127.0.0.1:${postgresProxy.port}`;
process.env.DATABASE_URL = databaseUrl.toString();

const redisProxy = await startFaultProxy({ host: "127.0.0.1", port: currentGateway().port });
/** Another instance, whose connection to Redis can be cut separately. */
const cutOff = await startInProcessInstance(`http://127.0.0.1:${redisProxy.port}`);

afterEach(() => redisProxy.set("pass"));
afterAll(async () => {
  await cutOff.deferredWork();
  await cutOff.stop();
  await redisProxy.close();
  await postgresProxy.close();
});

async function warm(token: string): Promise<void> {
  await validateSession(token);
  await waitForDeferredWork();
  expect(await validateSession(token)).not.toBeNull();
  await waitForDeferredWork();
}

/**
 * Copies all session keys, as a backup would; the trust lease (`told`) has ended by the time a backup is restored.
 * @returns a function that restores them
 */
async function backup(): Promise<() => Promise<void>> {
  const found: [string, Record<string, unknown>][] = [];
  for (const pattern of ["webchat:session:*", "webchat:user:generation:*", "sessions:state"]) {
    for (const key of await redis().keys(pattern)) {
      const hash = await redis().hgetall<Record<string, unknown>>(key);
      if (hash) found.push([key, hash]);
    }
  }
  return async () => {
    await redis().flushdb();
    for (const [key, hash] of found) await redis().hset(key, hash);
  };
}

describe("a flushed Redis", () => {
  it("neither signs out a user nor accepts a revoked session", async () => {
    const person = await createPerson();
    const [gone, stays] = [await startTestSession(person), await startTestSession(person)];
    await Promise.all([warm(gone.accessToken), warm(stays.accessToken)]);
    await deleteSession(gone.session.id);
    await redis().flushdb();
    for (let round = 0; round < 3; round += 1) {
      expect(await validateSession(gone.accessToken)).toBeNull();
      expect(await validateSession(stays.accessToken)).toMatchObject({ id: stays.session.id });
      await waitForDeferredWork();
    }
    expect((await getUserSessions(person.userId)).map(({ id }) => id)).toEqual([stays.session.id]);
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
    const [gone, stays] = [await startTestSession(person), await startTestSession(person)];
    await Promise.all([warm(gone.accessToken), warm(stays.accessToken)]);
    const restore = await backup();
    await deleteOtherUserSessions(person.userId, stays.session.id);
    await restore();
    for (let round = 0; round < 3; round += 1) {
      expect(await validateSession(gone.accessToken)).toBeNull();
      expect(await validateSession(stays.accessToken)).not.toBeNull();
      await waitForDeferredWork();
    }
  });

  it("from before a role change does not restore the role", async () => {
    const person = await createPerson("admin");
    const { accessToken } = await startTestSession(person);
    await warm(accessToken);
    const restore = await backup();
    await changeAccount(
      person.userId,
      (tx) => tx.user.update({ where: { id: person.userId }, data: { role: "listener" } }),
      { reason: "role" },
    );
    await restore();
    for (let round = 0; round < 3; round += 1) {
      expect((await validateSession(accessToken))?.role).toBe("listener");
      await waitForDeferredWork();
    }
  });

  it("older than the replay window is not trusted at all", async () => {
    const { accessToken, session } = await startTestSession(await createPerson());
    await warm(accessToken);
    const restore = await backup();
    await deleteSession(session.id);
    // The change is too old to be replayed.
    await db().sessionGeneration.update({
      where: { userId: session.userId },
      data: { changedAt: new Date(Date.now() - 30 * 86_400_000) },
    });
    await restore();
    await redis().hset(keys.sessionsState, { caughtUp: Date.now() - 2 * 3_600_000 });
    for (let round = 0; round < 3; round += 1) {
      expect(await validateSession(accessToken)).toBeNull();
      await waitForDeferredWork();
    }
  });
});

describe("an instance that cannot reach Redis", () => {
  it.each(["refuse", "hang", "error"] as const)("authenticates by Postgres (%s)", async (mode) => {
    const person = await createPerson();
    const [gone, stays] = [await startTestSession(person), await startTestSession(person)];
    await redisProxy.set(mode);
    expect(await cutOff.sessions.validateSession(gone.accessToken)).not.toBeNull();
    await deleteSession(gone.session.id);
    expect(await cutOff.sessions.validateSession(gone.accessToken)).toBeNull();
    expect(await cutOff.sessions.validateSession(stays.accessToken)).not.toBeNull();
    expect(await cutOff.sessions.getUserSessions(person.userId)).toHaveLength(1);
    const next = await cutOff.sessions.refreshSession(stays.refreshToken, CLIENT);
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
    await cutOff.sessions.deleteSession(session.id);
    const answeredAt = performance.now();
    expect(await validateSession(accessToken)).toBeNull();
    await delay(300);
    polling = false;
    await poller;
    expect(acceptedAt.filter((at) => at > answeredAt)).toEqual([]);
  });

  it("and dies right after the commit of a revocation: the session is rejected once the trust lease has ended", async () => {
    const { session, accessToken } = await startTestSession(await createPerson());
    await warm(accessToken);
    const restore = cutOff.injectFault(async (name) => {
      if (name === "sessions.committed") throw new Error("killed");
    });
    await expect(cutOff.sessions.deleteSession(session.id)).rejects.toThrow("killed");
    restore();
    await expect
      .poll(() => validateSession(accessToken), { timeout: 2 * TRUST_LEASE_MS, interval: 100 })
      .toBeNull();
  });

  it("signs users in without waiting for it", async () => {
    await redisProxy.set("refuse");
    const person = await createPerson();
    const issued = await cutOff.sessions.startSession({ userId: person.userId }, CLIENT);
    expect(await validateSession(issued.accessToken)).toMatchObject({ userId: person.userId });
  });
});

it("a refresh whose response was lost can be repeated", async () => {
  const { refreshToken } = await startTestSession(await createPerson());
  const restore = cutOff.injectFault(async (name) => {
    if (name === "sessions.rotated") throw new Error("killed");
  });
  await expect(cutOff.sessions.refreshSession(refreshToken, CLIENT)).rejects.toThrow("killed");
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
    await postgresProxy.set("pass");
    // The pool notices that its connections are closed.
    await waitUntil("Postgres is reachable", () =>
      validateSession(unknown.accessToken).then(
        (session) => session !== null,
        () => false,
      ),
    );
    expect(await validateSession(known.accessToken)).not.toBeNull();
  });
});
