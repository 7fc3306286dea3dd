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
import { createPerson } from "@/tests/support/factories/people";
import { startTestSession } from "@/tests/support/factories/sessions";
import { startStatementMeter } from "@/tests/support/proxies/statement-meter";
import { currentGateway } from "@/tests/support/stack/current-gateway";

// Before anything opens a connection: every statement of this file goes through it.
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
const NOBODY = { ip: null, userAgent: null };

async function later<R>(seconds: number, run: () => Promise<R>): Promise<R> {
  aheadMs = seconds * 1000;
  try {
    return await run();
  } finally {
    aheadMs = 0;
  }
}

/** Redis knows the session and may be believed, long enough that nobody has to catch up while calls are counted. */
async function warm(token: string): Promise<void> {
  await redis().del(keys.sessionsTrustLease);
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
  it("is a row with hashes in place of tokens, and nothing of it in Redis is a token", async () => {
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

  it("is not opened with a token of somebody else or of nobody", async () => {
    const [a, b] = [await createPerson(), await createPerson()];
    const others = newRefreshToken(newId(), b.userId);
    await expect(createSession(a.userId, others, 60, CLIENT)).rejects.toMatchObject({ code: "bad_request" });
    await expect(createSession(a.userId, "token", 60, CLIENT)).rejects.toMatchObject({ code: "bad_request" });
    const gone = newId();
    const forGone = createSession(gone, newRefreshToken(newId(), gone), 60, CLIENT);
    await expect(forGone).rejects.toMatchObject({ code: "unauthenticated" });
  });

  it("lives no longer than the absolute limit, however it is used", async () => {
    const { refreshToken, session } = await startTestSession(await createPerson());
    expect(session.expiresAt - session.createdAt).toBe(SESSION_TTL_SECONDS * 1000);
    let token = refreshToken;
    const step = SESSION_IDLE_SECONDS - 60;
    for (let at = step; at < SESSION_TTL_SECONDS; at += step) {
      const next = await later(at, () => refreshSession(token, NOBODY));
      expect(next.session.expiresAt).toBe(session.expiresAt);
      token = next.refreshToken;
    }
    await later(SESSION_TTL_SECONDS + 1, async () => {
      await expect(refreshSession(token, NOBODY)).rejects.toMatchObject({ code: "unauthenticated" });
      expect(await validateSession(token)).toBeNull();
    });
  });

  it("is over when it was not refreshed for the idle limit, and not before", async () => {
    const { refreshToken } = await startTestSession(await createPerson());
    await warm(refreshToken);
    await later(SESSION_IDLE_SECONDS - 5, async () =>
      expect(await validateSession(refreshToken)).not.toBeNull(),
    );
    await later(SESSION_IDLE_SECONDS + 1, async () => {
      expect(await validateSession(refreshToken)).toBeNull();
      await expect(refreshSession(refreshToken, NOBODY)).rejects.toMatchObject({ code: "unauthenticated" });
    });
  });

  it("counts as known after one call to Redis and no statement", async () => {
    const { accessToken, session } = await startTestSession(await createPerson());
    await warm(accessToken);
    meter.reset();
    expect(await callsDuring(() => validateSession(accessToken))).toBe(1);
    expect(meter.statements).toBe(0);
    expect(await validateSession(accessToken)).toMatchObject({ id: session.id });
  });

  it("costs one statement more after a change, and a refresh one of each", async () => {
    const { accessToken, refreshToken, session } = await startTestSession(await createPerson());
    await warm(accessToken);
    await updateSession(session.id, { ip: "198.51.100.9" });
    await waitForDeferredWork();
    meter.reset();
    expect(await callsDuring(() => validateSession(accessToken))).toBe(1);
    expect(await callsDuring(waitForDeferredWork)).toBe(1);
    expect(meter.statements).toBe(1);
    meter.reset();
    expect(await callsDuring(() => refreshSession(refreshToken, NOBODY))).toBe(1);
    expect(meter.statements).toBe(1);
  });

  it("of one person beyond the hundredth ends the one not seen for longest", async () => {
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

  it("remembers from where it is used, and that the password was given again", async () => {
    const { session, accessToken } = await startTestSession(await createPerson());
    await warm(accessToken);
    const updated = await later(60, () =>
      updateSession(session.id, { ip: "198.51.100.2", userAgent: "x", authenticated: true }),
    );
    expect(updated).toMatchObject({ ip: "198.51.100.2", userAgent: "x" });
    expect((updated?.authenticatedAt ?? 0) - session.authenticatedAt).toBeGreaterThanOrEqual(59_000);
    // Also as Redis has it: the old one must not be what a request sees.
    expect((await validateSession(accessToken))?.authenticatedAt).toBe(updated?.authenticatedAt);
    await deleteSession(session.id);
    expect(await updateSession(session.id, { ip: "198.51.100.3" })).toBeNull();
    expect(await getSession(session.id)).toBeNull();
  });
});

describe("refreshing", () => {
  it("gives the next token and takes the one before", async () => {
    const { refreshToken, session } = await startTestSession(await createPerson());
    const next = await refreshSession(refreshToken, CLIENT);
    expect(next.refreshToken).not.toBe(refreshToken);
    expect(next.session).toMatchObject({ id: session.id, rotation: 1, ...CLIENT });
    expect(await validateSession(next.refreshToken)).toMatchObject({ id: session.id });
    expect(await validateSession(next.accessToken)).toMatchObject({ id: session.id });
  });

  it("in eight tabs at once signs nobody out: all get the same token", async () => {
    const { refreshToken } = await startTestSession(await createPerson());
    const all = await Promise.all(Array.from({ length: 8 }, () => refreshSession(refreshToken, NOBODY)));
    expect(new Set(all.map((issued) => issued.refreshToken)).size).toBe(1);
    for (const { accessToken } of all) expect(await validateSession(accessToken)).not.toBeNull();
  });

  it("with the token before is good for ten seconds, and then ends the session", async () => {
    const { refreshToken } = await startTestSession(await createPerson());
    const next = await refreshSession(refreshToken, NOBODY);
    await later(9, async () => {
      expect((await refreshSession(refreshToken, NOBODY)).refreshToken).toBe(next.refreshToken);
      expect(await validateSession(refreshToken)).not.toBeNull();
    });
    await later(11, async () => {
      expect(await validateSession(refreshToken)).toBeNull();
      await expect(refreshSession(refreshToken, NOBODY)).rejects.toMatchObject({ code: "unauthenticated" });
    });
    expect(await validateSession(next.accessToken)).toBeNull();
    expect(await validateSession(next.refreshToken)).toBeNull();
    const row = await db().session.findUnique({ where: { id: next.session.id } });
    expect(row?.revokedFor).toBe("reuse");
    const audit = await db().auditEntry.findMany({ where: { subject: `user:${next.session.userId}` } });
    expect(audit.map(({ action }) => action)).toContain("refresh_reused");
  });

  it("with a token of two rotations ago ends the session at once", async () => {
    const { refreshToken } = await startTestSession(await createPerson());
    const second = await refreshSession(refreshToken, NOBODY);
    await later(11, async () => {
      const third = await refreshSession(second.refreshToken, NOBODY);
      await expect(refreshSession(refreshToken, NOBODY)).rejects.toMatchObject({ code: "unauthenticated" });
      expect(await validateSession(third.accessToken)).toBeNull();
    });
  });

  it("again and again within ten seconds changes the token once: what is on its way is never two behind", async () => {
    const first = await startTestSession(await createPerson());
    const second = await refreshSession(first.refreshToken, NOBODY);
    const third = await refreshSession(second.refreshToken, NOBODY);
    expect(third.refreshToken).toBe(second.refreshToken);
    expect((await refreshSession(first.refreshToken, NOBODY)).refreshToken).toBe(second.refreshToken);
    expect(await validateSession(third.accessToken)).toMatchObject({ rotation: 1 });
  });

  it("with a token that was never one does nothing", async () => {
    const { refreshToken, accessToken } = await startTestSession(await createPerson());
    const bytes = Buffer.from(refreshToken, "base64url");
    for (let at = 0; at < bytes.length; at += 7) {
      const forged = Buffer.from(bytes);
      forged[at] = (forged[at] ?? 0) ^ 1;
      await expect(refreshSession(forged.toString("base64url"), NOBODY)).rejects.toMatchObject({
        code: "unauthenticated",
      });
    }
    for (const other of ["", "x", `${refreshToken}=`, `${refreshToken}A`, accessToken]) {
      await expect(refreshSession(other, NOBODY)).rejects.toMatchObject({ code: "unauthenticated" });
    }
    expect(await validateSession(accessToken)).not.toBeNull();
  });

  it("tells Redis: the page that shows the old token is not believed from memory", async () => {
    const { refreshToken } = await startTestSession(await createPerson());
    await warm(refreshToken);
    const next = await refreshSession(refreshToken, NOBODY);
    expect(await validateSession(next.refreshToken)).not.toBeNull();
  });
});

describe("ending", () => {
  it("one session leaves the others, and whoever asks for it finds nothing", async () => {
    const person = await createPerson();
    const [a, b] = [await startTestSession(person), await startTestSession(person)];
    await Promise.all([warm(a.accessToken), warm(b.accessToken)]);
    expect(await deleteSession(a.session.id)).toBe(true);
    expect(await deleteSession(a.session.id)).toBe(false);
    for (const token of [a.accessToken, a.refreshToken]) expect(await validateSession(token)).toBeNull();
    expect(await validateSession(b.accessToken)).not.toBeNull();
    expect((await getUserSessions(person.userId)).map(({ id }) => id)).toEqual([b.session.id]);
  });

  it("a session of somebody else does nothing", async () => {
    const [a, b] = [await createPerson(), await createPerson()];
    const { session, accessToken } = await startTestSession(a);
    expect(await deleteSession(session.id, { userId: b.userId })).toBe(false);
    expect(await deleteSession(newId())).toBe(false);
    expect(await validateSession(accessToken)).not.toBeNull();
  });

  it("all others, then all", async () => {
    const person = await createPerson();
    const all = [
      await startTestSession(person),
      await startTestSession(person),
      await startTestSession(person),
    ] as const;
    for (const { accessToken } of all) await warm(accessToken);
    expect(await deleteOtherUserSessions(person.userId, all[1].session.id)).toBe(2);
    expect(
      await Promise.all(all.map(async (one) => (await validateSession(one.accessToken)) !== null)),
    ).toEqual([false, true, false]);
    expect(await deleteAllUserSessions(person.userId)).toBe(1);
    expect(await validateSession(all[1].accessToken)).toBeNull();
    expect(await getUserSessions(person.userId)).toEqual([]);
  });

  it("everybody's", async () => {
    const both = [await startTestSession(await createPerson()), await startTestSession(await createPerson())];
    for (const { accessToken } of both) await warm(accessToken);
    expect(await clearAllSessions()).toBeGreaterThanOrEqual(2);
    for (const { accessToken, refreshToken } of both) {
      expect(await validateSession(accessToken)).toBeNull();
      await expect(refreshSession(refreshToken, NOBODY)).rejects.toMatchObject({ code: "unauthenticated" });
    }
  });

  it("an access token alone: the session goes on", async () => {
    const first = await startTestSession(await createPerson());
    await warm(first.accessToken);
    const second = await later(2, () => refreshSession(first.refreshToken, NOBODY));
    expect(await isTokenBlacklisted(first.accessToken)).toBe(false);
    await blacklistToken(first.accessToken);
    expect(await isTokenBlacklisted(first.accessToken)).toBe(true);
    expect(await validateSession(first.accessToken)).toBeNull();
    expect(await validateSession(second.accessToken)).not.toBeNull();
    // Redis emptied: Postgres knows, and Redis knows again after the catch-up.
    await redis().flushdb();
    expect(await validateSession(first.accessToken)).toBeNull();
    await waitForDeferredWork();
    await warm(second.accessToken);
    expect(await validateSession(first.accessToken)).toBeNull();
  });
});

describe("what a request sees of the person", () => {
  it("is the account as it is now, not as the token says", async () => {
    const person = await createPerson("artist");
    const { accessToken } = await startTestSession(person);
    await warm(accessToken);
    await changeAccount(person.userId, (tx) =>
      tx.user.update({ where: { id: person.userId }, data: { role: "listener", name: "Renamed" } }),
    );
    expect(await validateSession(accessToken)).toMatchObject({ role: "listener", name: "Renamed" });
  });

  it("is nothing when the change fails, and everything stays", async () => {
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

  it("is nothing once the account is gone, and Redis does not bring it back", async () => {
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

  it("survives what nobody wrote into Redis", async () => {
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
