import { beforeAll, describe, expect, it } from "vitest";
import { POST as lift } from "@/app/api/admin/limits/lift/route";
import { GET as limits } from "@/app/api/admin/limits/route";
import { POST as signIn } from "@/app/api/auth/sign-in/route";
import type { Caller } from "@/lib/core/access-token";
import { now } from "@/lib/core/clock";
import { db } from "@/lib/db";
import { type LimitedCallerView, type LimitsPage, liftLimits } from "@/lib/ops";
import { keys, redis } from "@/lib/redis";
import { call } from "@/tests/support/clients/call";
import { createTestUser, TEST_PASSWORD } from "@/tests/support/factories/accounts";
import { createPerson } from "@/tests/support/factories/people";

let admin: Caller;

beforeAll(async () => {
  admin = await createPerson("admin");
});

/** Takes all tokens of a bucket, as instances have stored them. */
async function fill(policy: string, callerId: string, route: string, tokens: number, kind: "x" | "r" = "x") {
  const key = keys.throttle(policy, callerId, route);
  await redis().set(key, `${now()}${kind}${tokens} `, { px: 60_000 });
  return key;
}

/** All parts of Redis. */
async function list(query = ""): Promise<LimitedCallerView[]> {
  const items: LimitedCallerView[] = [];
  let cursor: string | null = null;
  do {
    const page: LimitsPage = (
      await call(limits, { as: admin, query: `?${query}${cursor === null ? "" : `&cursor=${cursor}`}` })
    ).body;
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return items;
}

describe("GET /api/admin/limits", () => {
  it("names who is refused now and by which rules, with reserved tokens counted", async () => {
    const person = await createPerson();
    const callerId = `user-${person.userId}`;
    await fill("default", callerId, "/api/posts", 100);
    await fill("person", callerId, "*", 90);
    await fill("frequent", callerId, "/api/presence", 300, "r");
    const address = `ip-2001:db8:${person.seq.toString(16)}:100::/56`;
    await fill("strict", address, "/api/auth/sign-in", 10);
    const found = await list();
    const user = found.find((item) => item.callerId === callerId);
    expect(user).toMatchObject({ kind: "user", personId: person.userId, name: expect.any(String) });
    expect(user?.rules.map(({ policy, route }) => [policy, route]).sort()).toEqual([
      ["default", "/api/posts"],
      ["frequent", "/api/presence"],
    ]);
    expect(found.find((item) => item.callerId === address)).toMatchObject({
      kind: "ip",
      personId: null,
      rules: [{ policy: "strict", limit: 10, windowSeconds: 60, resetAt: expect.any(String) }],
    });
  });

  it("of one person: requests, and attempts to sign in to the account", async () => {
    const [person, other] = [await createTestUser(), await createTestUser()];
    await fill("default", `user-${other.userId}`, "/api/posts", 100);
    for (let attempt = 0; attempt < 10; attempt += 1)
      await call(signIn, { body: { email: person.email, password: "not the password" } });
    const found = await list(`person=${person.userId}`);
    expect(found.map(({ kind, rules }) => [kind, rules.map(({ policy }) => policy)])).toEqual([
      ["account", ["account"]],
    ]);
  });
});

describe("POST /api/admin/limits/lift", () => {
  it("gives one caller all tokens again, leases too, and nobody else", async () => {
    const [person, other] = [await createPerson(), await createPerson()];
    const mine = [
      await fill("default", `user-${person.userId}`, "/api/posts", 100),
      await fill("person", `user-${person.userId}`, "*", 100, "r"),
    ];
    const theirs = await fill("default", `user-${other.userId}`, "/api/posts", 100);
    const response = await call(lift, {
      as: admin,
      body: { callerId: `user-${person.userId}`, reason: "a shared office" },
    });
    expect(response).toMatchObject({ status: 200, body: { lifted: 2 } });
    expect(await redis().exists(...mine)).toBe(0);
    expect(await redis().exists(theirs)).toBe(1);
    const entry = await db().auditEntry.findFirstOrThrow({
      where: { action: "limits_lifted" },
      orderBy: { id: "desc" },
    });
    expect(entry).toMatchObject({
      actorId: admin.userId,
      subject: `user:${person.userId}`,
      data: { reason: "a shared office", kind: "user" },
    });
  });

  it("lets a person in who was locked out, and writes no address into the log", async () => {
    const person = await createTestUser();
    const attempt = (password: string) => call(signIn, { body: { email: person.email, password } });
    for (let failed = 0; failed < 10; failed += 1) await attempt("not the password");
    expect((await attempt(TEST_PASSWORD)).status).toBe(429);
    const callerId = (await list(`person=${person.userId}`))[0]?.callerId ?? "";
    expect(
      (await call(lift, { as: admin, body: { personId: person.userId, reason: "asked" } })).body,
    ).toEqual({
      lifted: expect.any(Number),
    });
    // Another instance asks Redis; this one does so within a minute (tests/extended/rate-limit/lift.test.ts).
    expect(await list(`person=${person.userId}`)).toEqual([]);
    await call(lift, { as: admin, body: { callerId: "ip-203.0.113.7", reason: "an office" } });
    const entries = await db().auditEntry.findMany({ where: { action: "limits_lifted" } });
    expect(JSON.stringify(entries)).not.toContain("203.0.113.7");
    expect(JSON.stringify(entries)).not.toContain(callerId);
  });

  it("needs a reason, a known person, and an administrator who has just signed in", async () => {
    const person = await createPerson();
    const body = { callerId: `user-${person.userId}` };
    for (const reason of [undefined, "", "  ", "\u200b", "x".repeat(301)])
      expect((await call(lift, { as: admin, body: { ...body, reason } })).status).toBe(400);
    const unknown = { personId: "01890000-0000-7000-8000-000000000000", reason: "x" };
    expect((await call(lift, { as: admin, body: unknown })).status).toBe(404);
    const caller = { ...person, sessionId: "", authenticatedAt: new Date().toISOString() };
    await expect(liftLimits(caller, body, {})).rejects.toMatchObject({ code: "forbidden" });
    const stale = { ...admin, sessionId: "", authenticatedAt: new Date(0).toISOString() };
    await expect(liftLimits(stale, body, {})).rejects.toMatchObject({ code: "fresh_sign_in_required" });
  });
});
