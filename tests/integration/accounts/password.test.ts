import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { POST as forgot } from "@/app/api/auth/forgot-password/route";
import { POST as reset } from "@/app/api/auth/reset-password/route";
import { POST as signIn } from "@/app/api/auth/sign-in/route";
import { POST as signUp } from "@/app/api/auth/sign-up/route";
import { POST as changeAddress } from "@/app/api/me/email/route";
import { POST as changePassword } from "@/app/api/me/password/route";
import { GET as me } from "@/app/api/me/route";
import { setClock } from "@/lib/core/clock";
import { waitForDeferredWork } from "@/lib/core/defer";
import { newId } from "@/lib/core/ids";
import { signId } from "@/lib/core/signed-id";
import { db } from "@/lib/db";
import { call } from "@/tests/support/clients/call";
import {
  type Account,
  accountLinks,
  auditActions,
  createAccount,
  newestLinkToken,
  signUpAccount,
  TEST_PASSWORD,
} from "@/tests/support/factories/accounts";
import { expirePasswordConfirmation, startTestSession } from "@/tests/support/factories/sessions";
import { startStatementMeter } from "@/tests/support/proxies/statement-meter";

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
  await waitForDeferredWork();
  await meter.close();
});

const NEW = "a new long password";

const isIn = async (token: string) => (await call(me, { token })).status === 200;
const opens = async ({ email }: Account, password: string) =>
  (await call(signIn, { body: { email, password } })).status === 200;
const askReset = (email: string) => call(forgot, { body: { email }, headers: { "accept-language": "en" } });
const resetWith = (token: string, password = NEW) => call(reset, { body: { token, password } });

const otherSession = async ({ id }: Account) => (await startTestSession({ userId: id })).accessToken;

async function resetTokenOf({ id, email }: Account): Promise<string> {
  await askReset(email);
  return newestLinkToken(id, "reset_password");
}

const mailsTo = (userId: string) =>
  db().task.findMany({ where: { queue: "emails", ownerId: userId }, orderBy: { id: "asc" } });

describe("POST /api/me/password", () => {
  const change = (token: string, body: object) => call(changePassword, { token, body });

  it("changes it, ends the other sessions and keeps this one, tells the address and writes it down", async () => {
    const account = await createAccount();
    const other = await otherSession(account);
    const answer = await change(account.token, { currentPassword: TEST_PASSWORD, newPassword: NEW });
    expect(answer.status).toBe(200);
    expect([await isIn(account.token), await isIn(other)]).toEqual([true, false]);
    expect([await opens(account, TEST_PASSWORD), await opens(account, NEW)]).toEqual([false, true]);
    expect(await auditActions(account.id)).toContain("password_changed");
    expect((await mailsTo(account.id)).map(({ payload }) => payload)).toContainEqual(
      expect.objectContaining({ to: { userId: account.id }, template: "account-notice" }),
    );
  });

  it.each([
    ["a wrong present one", { currentPassword: "wrong", newPassword: NEW }, "currentPassword"],
    ["the same again", { currentPassword: TEST_PASSWORD, newPassword: TEST_PASSWORD }, "newPassword"],
    ["one that is too short", { currentPassword: TEST_PASSWORD, newPassword: "seven77" }, "newPassword"],
    [
      "one that is too long",
      { currentPassword: TEST_PASSWORD, newPassword: "x7 ".repeat(43) },
      "newPassword",
    ],
    [
      "one that everybody tries",
      { currentPassword: TEST_PASSWORD, newPassword: "qwertyuiop" },
      "newPassword",
    ],
  ])("refuses %s, and nothing has changed", async (_, body, field) => {
    const account = await createAccount();
    const other = await otherSession(account);
    const answer = await change(account.token, body);
    expect(answer.status).toBe(400);
    expect(answer.body.error.details).toMatchObject([{ path: field }]);
    expect([await isIn(other), await opens(account, TEST_PASSWORD)]).toEqual([true, true]);
  });

  it("a wrong present password is written down", async () => {
    const account = await createAccount();
    await change(account.token, { currentPassword: "wrong", newPassword: NEW });
    expect(await auditActions(account.id)).toContain("password_change_failed");
  });

  it("wants the password to have been given lately, and says so", async () => {
    const account = await createAccount();
    const { id } = await db().session.findFirstOrThrow({ where: { userId: account.id } });
    await expirePasswordConfirmation(id);
    const answer = await change(account.token, { currentPassword: TEST_PASSWORD, newPassword: NEW });
    expect(answer).toMatchObject({ status: 403, body: { error: { code: "fresh_sign_in_required" } } });
    expect(await opens(account, TEST_PASSWORD)).toBe(true);
  });

  it("two at once: one wins, and the password is the winner's", async () => {
    const account = await createAccount();
    const wanted = ["the first long one", "the second long one"];
    const answers = await Promise.all(
      wanted.map((newPassword) => change(account.token, { currentPassword: TEST_PASSWORD, newPassword })),
    );
    const won = wanted.filter((_, at) => answers[at]?.status === 200);
    expect(won).toHaveLength(1);
    expect(await opens(account, won[0] ?? "")).toBe(true);
  });
});

describe("POST /api/auth/forgot-password", () => {
  it("says the same of an address that is nobody's, by the same statements and as many tasks", async () => {
    const account = await createAccount();
    await waitForDeferredWork();
    const cost = async (email: string) => {
      const tasks = await db().task.count({ where: { queue: "emails" } });
      meter.reset();
      const { status, body, headers } = await askReset(email);
      await waitForDeferredWork();
      const { statements } = meter;
      const made = (await db().task.count({ where: { queue: "emails" } })) - tasks;
      headers.delete("x-request-id");
      return { status, body, headers: [...headers.keys()], statements, made };
    };
    // The first one knows no prepared statements.
    await cost(`x-${newId()}@test.example`);
    const known = await cost(account.email);
    const unknown = await cost(`x-${newId()}@test.example`);
    expect(known.status).toBe(202);
    expect(known.made).toBe(1);
    expect(unknown).toEqual(known);
  });

  it("keeps no token anywhere: not with the link, not in the task, not in the audit log", async () => {
    const account = await signUpAccount();
    const token = await resetTokenOf(account);
    const [links, tasks, audit] = await Promise.all([
      accountLinks(account.id, "reset_password"),
      mailsTo(account.id),
      db().auditEntry.findMany({ where: { subject: `user:${account.id}` } }),
    ]);
    const written = JSON.stringify([links, tasks, audit]);
    expect(written).not.toContain(token);
    expect(JSON.stringify([tasks, audit])).not.toContain(account.email);
    expect(tasks.at(-1)?.payload).toMatchObject({ to: { linkId: links[0]?.id }, props: {} });
  });

  it("five mails an hour and no more, also when many ask at once; an hour later there are more", async () => {
    const account = await createAccount();
    const answers = await Promise.all(Array.from({ length: 8 }, () => askReset(account.email)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(await accountLinks(account.id, "reset_password")).toHaveLength(5);
    aheadMs = 3_601_000;
    await askReset(account.email);
    expect(await accountLinks(account.id, "reset_password")).toHaveLength(6);
    aheadMs = 0;
  });

  it("asking too often does not void the link that was mailed", async () => {
    const account = await createAccount();
    for (let time = 0; time < 5; time += 1) await askReset(account.email);
    const token = await newestLinkToken(account.id, "reset_password");
    await askReset(account.email);
    expect((await resetWith(token)).status).toBe(200);
  });
});

describe("POST /api/auth/reset-password", () => {
  it("sets the password, ends every session, and shows that the address is theirs", async () => {
    const account = await createAccount({ confirmedAt: null });
    const other = await otherSession(account);
    const answer = await resetWith(await resetTokenOf(account));
    expect(answer.status).toBe(200);
    expect([await isIn(account.token), await isIn(other)]).toEqual([false, false]);
    expect([await opens(account, TEST_PASSWORD), await opens(account, NEW)]).toEqual([false, true]);
    const row = await db().user.findUniqueOrThrow({ where: { id: account.id } });
    expect(row.confirmedAt).not.toBeNull();
    expect(await auditActions(account.id)).toContain("password_reset");
  });

  const refused = { status: 400, body: { error: { details: [{ path: "token" }] } } };

  it("a link works once", async () => {
    const account = await createAccount();
    const token = await resetTokenOf(account);
    await resetWith(token);
    expect(await resetWith(token, "another long one")).toMatchObject(refused);
    expect(await opens(account, NEW)).toBe(true);
  });

  it("two at once: one wins, and the password is the winner's", async () => {
    const account = await createAccount();
    const token = await resetTokenOf(account);
    const wanted = ["the first long one", "the second long one"];
    const answers = await Promise.all(wanted.map((password) => resetWith(token, password)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    const won = wanted[answers.findIndex(({ status }) => status === 200)] ?? "";
    expect(await opens(account, won)).toBe(true);
  });

  it("a link works for an hour", async () => {
    const account = await createAccount();
    const token = await resetTokenOf(account);
    aheadMs = 3_600_000;
    expect(await resetWith(token)).toMatchObject(refused);
    aheadMs = 0;
    expect(await opens(account, TEST_PASSWORD)).toBe(true);
  });

  it("a newer link voids the one before", async () => {
    const account = await createAccount();
    const first = await resetTokenOf(account);
    const second = await resetTokenOf(account);
    expect(await resetWith(first)).toMatchObject(refused);
    expect((await resetWith(second)).status).toBe(200);
  });

  it("a change of password voids it", async () => {
    const account = await createAccount();
    const token = await resetTokenOf(account);
    await call(changePassword, {
      token: account.token,
      body: { currentPassword: TEST_PASSWORD, newPassword: "a third long one" },
    });
    expect(await resetWith(token)).toMatchObject(refused);
  });

  it("is worth nothing once the account has another address", async () => {
    const account = await createAccount();
    const token = await resetTokenOf(account);
    await db().user.update({ where: { id: account.id }, data: { email: `m-${newId()}@test.example` } });
    expect(await resetWith(token)).toMatchObject(refused);
  });

  it("a link to confirm an address does not open it, nor one for it under the other purpose", async () => {
    const account = await signUpAccount();
    const [confirming] = await accountLinks(account.id, "confirm_address");
    const id = confirming?.id ?? "";
    expect(await resetWith(signId("confirm_address", id))).toMatchObject(refused);
    expect(await resetWith(signId("reset_password", id))).toMatchObject(refused);
  });

  it("a forged one, an id alone and another's id are the same to it", async () => {
    const account = await createAccount();
    const token = await resetTokenOf(account);
    const [link] = await accountLinks(account.id, "reset_password");
    const forged = token.slice(0, -1) + (token.endsWith("A") ? "B" : "A");
    const answers = await Promise.all(
      [forged, link?.id ?? "", signId("reset_password", newId()), "x"].map((bad) => resetWith(bad)),
    );
    for (const answer of answers) {
      expect(answer).toMatchObject(refused);
      expect(answer.body.error.message).toBe(answers[0]?.body.error.message);
    }
    expect((await resetWith(token)).status).toBe(200);
  });

  it("a password that everybody tries does not use the link up", async () => {
    const account = await createAccount();
    const token = await resetTokenOf(account);
    expect((await resetWith(token, "password1")).status).toBe(400);
    expect((await resetWith(token)).status).toBe(200);
  });

  it("voids a change of address that somebody else has asked for meanwhile", async () => {
    const account = await createAccount();
    const email = `thief-${newId()}@test.example`;
    const asked = await call(changeAddress, { token: account.token, body: { email } });
    expect(asked.status).toBe(202);
    const [theirs] = await accountLinks(account.id, "confirm_address");
    expect(theirs?.email).toBe(email);
    await resetWith(await resetTokenOf(account));
    const [after] = await accountLinks(account.id, "confirm_address");
    expect(after?.expiresAt.getTime()).toBeLessThanOrEqual(Date.now());
  });
});

describe("sign-up", () => {
  it("refuses a password that everybody tries, and makes no account", async () => {
    const email = `p-${newId()}@test.example`;
    const answer = await call(signUp, { body: { email, password: "password1", name: "Мира" } });
    expect(answer.body.error.details).toMatchObject([{ path: "password" }]);
    expect(await db().user.count({ where: { email } })).toBe(0);
  });

  it("no field of the body makes anybody more than a listener", async () => {
    const email = `p-${newId()}@test.example`;
    const body = {
      ...{ email, password: TEST_PASSWORD, name: "Мира" },
      ...{ role: "admin", confirmedAt: new Date().toISOString(), confirmed: true, seq: 1 },
    };
    const answer = await call(signUp, { body });
    expect([answer.status, answer.body.user?.role, answer.body.user?.confirmed]).toEqual([
      201,
      "listener",
      false,
    ]);
  });
});

it("a sign-in that fails is written down, also for an address that is nobody's", async () => {
  const account = await createAccount();
  expect(await opens(account, "nope")).toBe(false);
  expect(await auditActions(account.id)).toContain("sign_in_failed");
  const before = await db().auditEntry.count({ where: { action: "sign_in_failed", subject: "app" } });
  await call(signIn, { body: { email: `x-${newId()}@test.example`, password: "nope" } });
  expect(await db().auditEntry.count({ where: { action: "sign_in_failed", subject: "app" } })).toBe(
    before + 1,
  );
});
