import { beforeAll, describe, expect, it } from "vitest";
import { POST as block } from "@/app/api/admin/people/[id]/block/route";
import { POST as setRole } from "@/app/api/admin/people/[id]/role/route";
import { GET as person } from "@/app/api/admin/people/[id]/route";
import { POST as endSessions } from "@/app/api/admin/people/[id]/sessions/end/route";
import { POST as unblock } from "@/app/api/admin/people/[id]/unblock/route";
import { GET as people } from "@/app/api/admin/people/route";
import { POST as refresh } from "@/app/api/auth/refresh/route";
import { POST as signIn } from "@/app/api/auth/sign-in/route";
import { GET as me } from "@/app/api/me/route";
import type { Caller } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { findOperator } from "@/lib/ops";
import { isSessionActive, startSession } from "@/lib/sessions";
import { call } from "@/tests/support/clients/call";
import { createTestUser, TEST_PASSWORD, type TestUser } from "@/tests/support/factories/accounts";
import { createPeople, createPerson } from "@/tests/support/factories/people";
import { startTestSession } from "@/tests/support/factories/sessions";

let admin: Caller;

beforeAll(async () => {
  admin = await createPerson("admin");
});

const reason = "sells other people's tracks";
const act = (handler: typeof block, { userId }: Pick<Caller, "userId">, body: object = {}, as = admin) =>
  call(handler, { as, params: { id: userId }, body: { reason, ...body } });
const signInAs = ({ email }: TestUser, password = TEST_PASSWORD) =>
  call(signIn, { body: { email, password, tokens: "body" } });
const lastEntry = ({ userId }: Pick<Caller, "userId">, action: string) =>
  db().auditEntry.findFirst({ where: { subject: `user:${userId}`, action }, orderBy: { id: "desc" } });

describe("a blocked account", () => {
  it("is signed out at once and cannot sign in or refresh, until it is unblocked", async () => {
    const user = await createTestUser();
    const signedIn = await signInAs(user);
    const { accessToken, refreshToken } = signedIn.body;
    expect((await call(me, { token: accessToken })).status).toBe(200);

    const response = await act(block, user);
    expect(response).toMatchObject({ status: 200, body: { person: { blockedAt: expect.any(String) } } });
    expect((await call(me, { token: accessToken })).status).toBe(401);
    expect((await call(refresh, { body: { refreshToken, tokens: "body" } })).status).toBe(401);
    const refused = await signInAs(user);
    expect(refused).toMatchObject({ status: 403, body: { error: { code: "forbidden" } } });
    expect(refused.body.error.message).toMatch(/block|заблок/i);
    // A stranger does not learn that the account is blocked.
    expect((await signInAs(user, "not the password")).status).toBe(401);
    expect(await lastEntry(user, "account_blocked")).toMatchObject({
      actorId: admin.userId,
      data: { reason },
    });

    expect((await act(unblock, user)).body.person.blockedAt).toBeNull();
    expect((await call(me, { token: accessToken })).status).toBe(401);
    expect((await signInAs(user)).status).toBe(200);
    expect(await lastEntry(user, "account_unblocked")).toMatchObject({ actorId: admin.userId });
  });

  it("has no session, also one that was opened while it was blocked", async () => {
    const user = await createTestUser();
    const { session } = await startTestSession(user);
    await db().user.update({ where: { id: user.userId }, data: { blockedAt: new Date() } });
    expect(await isSessionActive(session.id)).toBe(false);
    await expect(startSession({ userId: user.userId }, { ip: null, userAgent: null })).rejects.toMatchObject({
      code: "unauthenticated",
    });
  });

  it("of concurrent sign-ins and a block, no session survives", async () => {
    const user = await createTestUser();
    const [, ...attempts] = await Promise.all([
      act(block, user),
      ...Array.from({ length: 5 }, () => signInAs(user)),
    ]);
    for (const { status, body } of attempts) {
      expect([200, 401, 403]).toContain(status);
      if (status === 200) expect((await call(me, { token: body.accessToken })).status).toBe(401);
    }
  });

  it("blocked twice has one entry, and is found among the blocked ones", async () => {
    const [user, other] = [await createTestUser(), await createTestUser()];
    await act(block, user);
    await act(block, user);
    const where = { subject: `user:${user.userId}`, action: "account_blocked" };
    expect(await db().auditEntry.count({ where })).toBe(1);
    const { body } = await call(people, { as: admin, query: "?blocked=true&limit=100" });
    const ids = body.items.map(({ id }: { id: string }) => id);
    expect(ids).toContain(user.userId);
    expect(ids).not.toContain(other.userId);
  });

  it("cannot be an administrator, and an administrator cannot be blocked", async () => {
    const user = await createTestUser();
    await act(block, user);
    const role = { as: admin, params: { id: user.userId }, body: { role: "admin", reason: "they asked" } };
    expect((await call(setRole, role)).status).toBe(409);
    const [one, two] = await createPeople(2, "admin");
    expect((await act(block, two, {}, one)).status).toBe(409);
    expect((await act(block, one, {}, one)).status).toBe(409);
    expect((await act(block, { userId: newId() })).status).toBe(404);
    await db().user.update({ where: { id: two.userId }, data: { blockedAt: new Date() } });
    const { email } = await db().user.findUniqueOrThrow({ where: { id: two.userId } });
    await expect(findOperator(email)).rejects.toMatchObject({ code: "forbidden" });
  });
});

describe("sessions of a person", () => {
  it("are listed, and one is ended or all are, with the operator in the log", async () => {
    const user = await createTestUser();
    const [one, two] = [await startTestSession(user), await startTestSession(user)];
    const { body } = await call(person, { as: admin, params: { id: user.userId } });
    expect(body.person).toMatchObject({ id: user.userId, blockedAt: null });
    expect(body.sessions.map(({ id }: { id: string }) => id).sort()).toEqual(
      [one.session.id, two.session.id].sort(),
    );

    expect((await act(endSessions, user, { sessionId: one.session.id })).body).toEqual({ ended: 1 });
    expect((await call(me, { token: one.accessToken })).status).toBe(401);
    expect((await call(me, { token: two.accessToken })).status).toBe(200);
    expect(await lastEntry(user, "sessions_ended")).toMatchObject({
      actorId: admin.userId,
      data: { why: "operator", ended: 1, sessionId: one.session.id, reason },
    });
    expect((await act(endSessions, user)).body).toEqual({ ended: 1 });
    expect((await call(me, { token: two.accessToken })).status).toBe(401);
    expect((await act(endSessions, user)).body).toEqual({ ended: 0 });
  });

  it("a session of another person is not ended", async () => {
    const [user, other] = [await createTestUser(), await createTestUser()];
    const { session, accessToken } = await startTestSession(other);
    expect((await act(endSessions, user, { sessionId: session.id })).body).toEqual({ ended: 0 });
    expect((await call(me, { token: accessToken })).status).toBe(200);
  });
});
