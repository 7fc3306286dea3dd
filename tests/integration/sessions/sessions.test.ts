import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { setClock } from "@/lib/core/clock";
import { waitForDeferredWork } from "@/lib/core/defer";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { keys, redis } from "@/lib/redis";
import {
  blacklistToken,
  changeAccount,
  clearAllSessions,
  createSession,
  deleteAllUserSessions,
  deleteOtherUserSessions,
  deleteSession,
  getSession,
  getUserSessions,
  isTokenBlacklisted,
  newRefreshToken,
  refreshSession,
  SESSION_IDLE_SECONDS,
  SESSION_TTL_SECONDS,
  updateSession,
  validateSession,
} from "@/lib/sessions";
import { catchUpNow } from "@/lib/sessions/catch-up";
import { LOOKUPS_BEFORE_LEASE } from "@/lib/sessions/limits";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createPerson } from "@/tests/support/factories/people";
import { startTestSession } from "@/tests/support/factories/sessions";
import { startStatementMeter } from "@/tests/support/proxies/statement-meter";
import { currentGateway } from "@/tests/support/stack/current-gateway";

// Set before anything opens a connection: every statement of this file goes through the meter.
const meter = await startStatementMeter(process.env.DATABASE_URL ?? "");
process.env.DATABASE_URL = meter.url;

let aheadMs = 0;
let restoreClock = () => {};
beforeAll(() => {
  restoreClock = setClock({ now: () => Date.now() + aheadMs });
});
afterAll(async () => {
  restoreClock();
  await meter.close();
});

const CLIENT = { ip: "203.0.113.7", userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Firefox/143.0" };
const NEW_CLIENT = { ip: null, userAgent: null };

async function withClockAhead<R>(seconds: number, run: () => Promise<R>): Promise<R> {
  aheadMs = seconds * 1000;
  try {
    return await run();
  } finally {
    aheadMs = 0;
  }
}

/** Caches the session in Redis and renews the trust lease, so that no replay happens while calls are counted. */
async function warm(token: string): Promise<void> {
  await catchUpNow();
  await validateSession(token);
  await waitForDeferredWork();
  await validateSession(token);
  await waitForDeferredWork();
}

const callsDuring = async (run: () => Promise<unknown>) => {
  const before = currentGateway().stats.snapshot().httpRequests;
  await run();
  return currentGateway().stats.snapshot().httpRequests - before;
};

describe("a session", () => {
  it("is a row with token hashes, and Redis contains no token", async () => {
    const person = await createPerson();
    const token = newRefreshToken(newId(), person.userId);
    const session = await createSession(person.userId, token, 3_600, CLIENT);
    expect(session).toMatchObject({ userId: person.userId, name: person.name, role: "listener", ...CLIENT });
    expect(session.tokenHash).toBe(createHash("sha256").update(token).digest("hex"));
    expect(session.expiresAt - session.createdAt).toBe(3_600_000);
    await warm(token);
    const stored = JSON.stringify([
      await db().session.findUnique({ where: { id: session.id } }),
      await redis().hgetall(keys.session(session.id)),
    ]);
    expect(stored).toContain(session.tokenHash);
    expect(stored).not.toContain(token);
    expect(await redis().zrange(keys.userSessions(person.userId), 0, -1)).toEqual([session.id]);
    expect(await redis().zscore(keys.userSessions(person.userId), session.id)).toBe(session.expiresAt);
  });

  it.each([0, -1, Number.NaN])("cannot be opened for %s seconds", async (seconds) => {
    const { userId } = await createPerson();
    const opened = createSession(userId, newRefreshToken(newId(), userId), seconds, CLIENT);
    await expect(opened).rejects.toMatchObject({ code: "bad_request" });
  });

  it("is not opened with another user's or an invalid token", async () => {
    const [a, b] = [await createPerson(), await createPerson()];
    const others = newRefreshToken(newId(), b.userId);
    await expect(createSession(a.userId, others, 60, CLIENT)).rejects.toMatchObject({ code: "bad_request" });
    await expect(createSession(a.userId, "token", 60, CLIENT)).rejects.toMatchObject({ code: "bad_request" });
    const gone = newId();
    const forGone = createSession(gone, newRefreshToken(newId(), gone), 60, CLIENT);
    await expect(forGone).rejects.toMatchObject({ code: "unauthenticated" });
  });

  it("expires at the absolute limit however it is used", async () => {
    const { refreshToken, session } = await startTestSession(await createPerson());
    expect(session.expiresAt - session.createdAt).toBe(SESSION_TTL_SECONDS * 1000);
    let token = refreshToken;
    const step = SESSION_IDLE_SECONDS - 60;
    for (let at = step; at < SESSION_TTL_SECONDS; at += step) {
      const next = await withClockAhead(at, () => refreshSession(token, NEW_CLIENT));
      expect(next.session.expiresAt).toBe(session.expiresAt);
      token = next.refreshToken;
    }
    await withClockAhead(SESSION_TTL_SECONDS + 1, async () => {
      await expect(refreshSession(token, NEW_CLIENT)).rejects.toMatchObject({ code: "unauthenticated" });
      expect(await validateSession(token)).toBeNull();
    });
  });

  it("expires after the idle limit without a refresh, and not before", async () => {
    const { refreshToken } = await startTestSession(await createPerson());
    await warm(refreshToken);
    await withClockAhead(SESSION_IDLE_SECONDS - 5, async () =>
      expect(await validateSession(refreshToken)).not.toBeNull(),
    );
    await withClockAhead(SESSION_IDLE_SECONDS + 1, async () => {
      expect(await validateSession(refreshToken)).toBeNull();
      await expect(refreshSession(refreshToken, NEW_CLIENT)).rejects.toMatchObject({
        code: "unauthenticated",
      });
    });
  });

  it("is validated by Postgres while there is no traffic, and every eighth look-up begins a trust lease", async () => {
    const { accessToken, session } = await startTestSession(await createPerson());
    await warm(accessToken);
    await redis().del(keys.sessionsTrustLease);
    const look = async () => {
      expect((await validateSession(accessToken))?.id).toBe(session.id);
      await waitForDeferredWork();
      return redis().exists(keys.sessionsTrustLease);
    };
    meter.reset();
    for (let lookups = 1; lookups < LOOKUPS_BEFORE_LEASE; lookups += 1) expect(await look()).toBe(0);
    expect(meter.statements).toBe(LOOKUPS_BEFORE_LEASE - 1);
    expect(await look()).toBe(1);
    meter.reset();
    await look();
    expect(meter.statements).toBe(0);
  });

  it("costs Redis nothing while there is no lease, but is there when Postgres becomes unavailable", async () => {
    const person = await createPerson();
    const { accessToken, session } = await startTestSession(person);
    await warm(accessToken);
    await redis().del(keys.sessionsTrustLease);
    // Finds out that the lease has ended.
    await validateSession(accessToken);
    meter.reset();
    expect(await callsDuring(() => validateSession(accessToken))).toBe(0);
    expect(await callsDuring(waitForDeferredWork)).toBe(0);
    expect(meter.statements).toBe(1);

    await changeAccount(person.userId, (tx) =>
      tx.user.update({ where: { id: person.userId }, data: { name: "Another name" } }),
    );
    expect(await validateSession(accessToken)).toMatchObject({ name: "Another name" });
    await waitForDeferredWork();
    const data = await redis().hget<{ name: string }>(keys.session(session.id), "data");
    expect(data?.name).toBe("Another name");
    // A sign-in on another device raises the user's generation: what Redis has of this session is no longer valid.
    await startTestSession(person);
    await validateSession(accessToken);
    await waitForDeferredWork();
    const generation = await redis().hget(keys.userGeneration(person.userId), "generation");
    expect(await redis().hget(keys.session(session.id), "generation")).toBe(generation);
    expect(await callsDuring(() => validateSession(accessToken))).toBe(0);
    expect(await callsDuring(waitForDeferredWork)).toBe(0);
  });

  it("is stored in an emptied Redis after a look-up", async () => {
    const { accessToken, session } = await startTestSession(await createPerson());
    await clearAllSessions();
    await redis().flushdb();
    const again = await startTestSession(await createPerson());
    await waitUntil("Redis has the session", async () => {
      expect((await validateSession(again.accessToken))?.id).toBe(again.session.id);
      await waitForDeferredWork();
      return (await redis().hget(keys.session(again.session.id), "data")) !== null;
    });
    expect(await validateSession(accessToken)).toBeNull();
    expect(await redis().exists(keys.session(session.id))).toBe(0);
  });

  it("is validated with one call to Redis and no statement", async () => {
    const { accessToken, session } = await startTestSession(await createPerson());
    await warm(accessToken);
    meter.reset();
    expect(await callsDuring(() => validateSession(accessToken))).toBe(1);
    expect(meter.statements).toBe(0);
    expect(await validateSession(accessToken)).toMatchObject({ id: session.id });
  });

  it("costs one more statement after a change, and a refresh one of each", async () => {
    const { accessToken, refreshToken, session } = await startTestSession(await createPerson());
    await warm(accessToken);
    await updateSession(session.id, { ip: "198.51.100.9" });
    await waitForDeferredWork();
    meter.reset();
    expect(await callsDuring(() => validateSession(accessToken))).toBe(1);
    expect(await callsDuring(waitForDeferredWork)).toBe(1);
    expect(meter.statements).toBe(1);
    meter.reset();
    expect(await callsDuring(() => refreshSession(refreshToken, NEW_CLIENT))).toBe(1);
    expect(meter.statements).toBe(1);
  });

  it("beyond a user's hundredth revokes the least recently seen one", async () => {
    const person = await createPerson();
    const first = await startTestSession(person);
    const at = new Date();
    const rest = { userId: person.userId, authenticatedAt: at, lastSeenAt: at, createdAt: at };
    await db().session.createMany({
      data: Array.from({ length: 99 }, () => {
        const id = newId();
        return { ...rest, id, tokenHash: id, expiresAt: new Date(Date.now() + 3_600_000) };
      }),
    });
    await db().session.update({
      where: { id: first.session.id },
      data: { lastSeenAt: new Date(Date.now() - 60_000) },
    });
    expect(await validateSession(first.accessToken)).not.toBeNull();
    await startTestSession(person);
    expect(await validateSession(first.accessToken)).toBeNull();
    expect(await getUserSessions(person.userId)).toHaveLength(100);
  });

  it("stores where it is used, and the time of the password confirmation", async () => {
    const { session, accessToken } = await startTestSession(await createPerson());
    await warm(accessToken);
    const updated = await withClockAhead(60, () =>
      updateSession(session.id, { ip: "198.51.100.2", userAgent: "x", authenticated: true }),
    );
    expect(updated).toMatchObject({ ip: "198.51.100.2", userAgent: "x" });
    expect((updated?.authenticatedAt ?? 0) - session.authenticatedAt).toBeGreaterThanOrEqual(59_000);
    // Also in Redis: a request must not see the old one.
    expect((await validateSession(accessToken))?.authenticatedAt).toBe(updated?.authenticatedAt);
    await deleteSession(session.id);
    expect(await updateSession(session.id, { ip: "198.51.100.3" })).toBeNull();
    expect(await getSession(session.id)).toBeNull();
  });
});

describe("refreshing", () => {
  it("issues the next token and revokes the previous one", async () => {
    const { refreshToken, session } = await startTestSession(await createPerson());
    const next = await refreshSession(refreshToken, CLIENT);
    expect(next.refreshToken).not.toBe(refreshToken);
    expect(next.session).toMatchObject({ id: session.id, rotation: 1, ...CLIENT });
    expect(await validateSession(next.refreshToken)).toMatchObject({ id: session.id });
    expect(await validateSession(next.accessToken)).toMatchObject({ id: session.id });
  });

  it("in eight concurrent tabs gives all the same token", async () => {
    const { refreshToken } = await startTestSession(await createPerson());
    const all = await Promise.all(Array.from({ length: 8 }, () => refreshSession(refreshToken, NEW_CLIENT)));
    expect(new Set(all.map((issued) => issued.refreshToken)).size).toBe(1);
    for (const { accessToken } of all) expect(await validateSession(accessToken)).not.toBeNull();
  });

  it("with the previous token works for ten seconds, and revokes the session after that", async () => {
    const { refreshToken } = await startTestSession(await createPerson());
    const next = await refreshSession(refreshToken, NEW_CLIENT);
    await withClockAhead(9, async () => {
      expect((await refreshSession(refreshToken, NEW_CLIENT)).refreshToken).toBe(next.refreshToken);
      expect(await validateSession(refreshToken)).not.toBeNull();
    });
    await withClockAhead(11, async () => {
      expect(await validateSession(refreshToken)).toBeNull();
      await expect(refreshSession(refreshToken, NEW_CLIENT)).rejects.toMatchObject({
        code: "unauthenticated",
      });
    });
    expect(await validateSession(next.accessToken)).toBeNull();
    expect(await validateSession(next.refreshToken)).toBeNull();
    const row = await db().session.findUnique({ where: { id: next.session.id } });
    expect(row?.revokedFor).toBe("reuse");
    const audit = await db().auditEntry.findMany({ where: { subject: `user:${next.session.userId}` } });
    expect(audit.map(({ action }) => action)).toContain("refresh_reused");
  });

  it("with a token of two rotations ago revokes the session immediately", async () => {
    const { refreshToken } = await startTestSession(await createPerson());
    const second = await refreshSession(refreshToken, NEW_CLIENT);
    await withClockAhead(11, async () => {
      const third = await refreshSession(second.refreshToken, NEW_CLIENT);
      await expect(refreshSession(refreshToken, NEW_CLIENT)).rejects.toMatchObject({
        code: "unauthenticated",
      });
      expect(await validateSession(third.accessToken)).toBeNull();
    });
  });

  it("repeatedly within ten seconds rotates once, so that a token in flight is never two behind", async () => {
    const first = await startTestSession(await createPerson());
    const second = await refreshSession(first.refreshToken, NEW_CLIENT);
    const third = await refreshSession(second.refreshToken, NEW_CLIENT);
    expect(third.refreshToken).toBe(second.refreshToken);
    expect((await refreshSession(first.refreshToken, NEW_CLIENT)).refreshToken).toBe(second.refreshToken);
    expect(await validateSession(third.accessToken)).toMatchObject({ rotation: 1 });
  });

  it("with an invalid token does nothing", async () => {
    const { refreshToken, accessToken } = await startTestSession(await createPerson());
    const bytes = Buffer.from(refreshToken, "base64url");
    for (let at = 0; at < bytes.length; at += 7) {
      const forged = Buffer.from(bytes);
      forged[at] = (forged[at] ?? 0) ^ 1;
      await expect(refreshSession(forged.toString("base64url"), NEW_CLIENT)).rejects.toMatchObject({
        code: "unauthenticated",
      });
    }
    for (const other of ["", "x", `${refreshToken}=`, `${refreshToken}A`, accessToken]) {
      await expect(refreshSession(other, NEW_CLIENT)).rejects.toMatchObject({ code: "unauthenticated" });
    }
    expect(await validateSession(accessToken)).not.toBeNull();
  });

  it("updates Redis, so that the new token is valid immediately", async () => {
    const { refreshToken } = await startTestSession(await createPerson());
    await warm(refreshToken);
    const next = await refreshSession(refreshToken, NEW_CLIENT);
    expect(await validateSession(next.refreshToken)).not.toBeNull();
  });
});

describe("revoking", () => {
  it("one session leaves the others, and it is no longer found", async () => {
    const person = await createPerson();
    const [a, b] = [await startTestSession(person), await startTestSession(person)];
    await Promise.all([warm(a.accessToken), warm(b.accessToken)]);
    expect(await deleteSession(a.session.id)).toBe(true);
    expect(await deleteSession(a.session.id)).toBe(false);
    for (const token of [a.accessToken, a.refreshToken]) expect(await validateSession(token)).toBeNull();
    expect(await validateSession(b.accessToken)).not.toBeNull();
    expect((await getUserSessions(person.userId)).map(({ id }) => id)).toEqual([b.session.id]);
  });

  it("another user's session does nothing", async () => {
    const [a, b] = [await createPerson(), await createPerson()];
    const { session, accessToken } = await startTestSession(a);
    expect(await deleteSession(session.id, { userId: b.userId })).toBe(false);
    expect(await deleteSession(newId())).toBe(false);
    expect(await validateSession(accessToken)).not.toBeNull();
  });

  it("all other sessions, then all", async () => {
    const person = await createPerson();
    const all = [
      await startTestSession(person),
      await startTestSession(person),
      await startTestSession(person),
    ] as const;
    for (const { accessToken } of all) await warm(accessToken);
    expect(await deleteOtherUserSessions(person.userId, all[1].session.id)).toBe(2);
    expect(
      await Promise.all(all.map(async (session) => (await validateSession(session.accessToken)) !== null)),
    ).toEqual([false, true, false]);
    expect(await deleteAllUserSessions(person.userId)).toBe(1);
    expect(await validateSession(all[1].accessToken)).toBeNull();
    expect(await getUserSessions(person.userId)).toEqual([]);
  });

  it("all users' sessions", async () => {
    const both = [await startTestSession(await createPerson()), await startTestSession(await createPerson())];
    for (const { accessToken } of both) await warm(accessToken);
    expect(await clearAllSessions()).toBeGreaterThanOrEqual(2);
    for (const { accessToken, refreshToken } of both) {
      expect(await validateSession(accessToken)).toBeNull();
      await expect(refreshSession(refreshToken, NEW_CLIENT)).rejects.toMatchObject({
        code: "unauthenticated",
      });
    }
  });

  it("only an access token keeps the session", async () => {
    const first = await startTestSession(await createPerson());
    await warm(first.accessToken);
    const second = await withClockAhead(2, () => refreshSession(first.refreshToken, NEW_CLIENT));
    expect(await isTokenBlacklisted(first.accessToken)).toBe(false);
    await blacklistToken(first.accessToken);
    expect(await isTokenBlacklisted(first.accessToken)).toBe(true);
    expect(await validateSession(first.accessToken)).toBeNull();
    expect(await validateSession(second.accessToken)).not.toBeNull();
    // Redis is flushed: Postgres has the revocation, and Redis has it again after the replay.
    await redis().flushdb();
    expect(await validateSession(first.accessToken)).toBeNull();
    await waitForDeferredWork();
    await warm(second.accessToken);
    expect(await validateSession(first.accessToken)).toBeNull();
  });
});

describe("the user that a request sees", () => {
  it("is the current account, not the token's claims", async () => {
    const person = await createPerson("artist");
    const { accessToken } = await startTestSession(person);
    await warm(accessToken);
    await changeAccount(person.userId, (tx) =>
      tx.user.update({ where: { id: person.userId }, data: { role: "listener", name: "Renamed" } }),
    );
    expect(await validateSession(accessToken)).toMatchObject({ role: "listener", name: "Renamed" });
  });

  it("is unchanged when the change fails", async () => {
    const person = await createPerson();
    const { accessToken } = await startTestSession(person);
    await warm(accessToken);
    const failing = changeAccount(
      person.userId,
      async () => {
        throw new Error("no");
      },
      { revoke: "all" },
    );
    await expect(failing).rejects.toThrow("no");
    expect(await validateSession(accessToken)).not.toBeNull();
  });

  it("no longer exists once the account is erased, and Redis does not restore it", async () => {
    const person = await createPerson();
    const { accessToken, refreshToken } = await startTestSession(person);
    await warm(accessToken);
    await changeAccount(person.userId, (tx) => tx.user.delete({ where: { id: person.userId } }), {
      revoke: "all",
      reason: "deleted",
    });
    expect(await validateSession(accessToken)).toBeNull();
    expect(await validateSession(refreshToken)).toBeNull();
  });

  it("survives invalid values in Redis", async () => {
    const { accessToken, session } = await startTestSession(await createPerson());
    await warm(accessToken);
    for (const nonsense of ["", "null", "[]", '{"id":1}', "\u0000"]) {
      await redis().hset(keys.session(session.id), { data: nonsense });
      expect(await validateSession(accessToken)).toMatchObject({ id: session.id });
      await waitForDeferredWork();
    }
    await redis().set(keys.session(session.id), "a string");
    expect(await validateSession(accessToken)).toMatchObject({ id: session.id });
    await redis().del(keys.session(session.id));
  });
});
