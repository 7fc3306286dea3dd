import { hash } from "@node-rs/argon2";
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
  await waitForDeferredWork();
  await meter.close();
});

const NEW = "a new long password";

const isValid = async (token: string) => (await call(me, { token })).status === 200;
const canSignIn = async ({ email }: Account, password: string) =>
  (await call(signIn, { body: { email, password } })).status === 200;
const requestReset = (email: string) =>
  call(forgot, { body: { email }, headers: { "accept-language": "en" } });
const resetWith = (token: string, password = NEW) => call(reset, { body: { token, password } });

const otherSession = async ({ id }: Account) => (await startTestSession({ userId: id })).accessToken;

async function resetTokenOf({ id, email }: Account): Promise<string> {
  await requestReset(email);
  return newestLinkToken(id, "reset_password");
}

const mailsTo = (userId: string) =>
  db().task.findMany({ where: { queue: "emails", ownerId: userId }, orderBy: { id: "asc" } });

describe("a password", () => {
  const typed = "Чай-мой-ёлка-й9";
  const [composed, decomposed] = [typed.normalize("NFC"), typed.normalize("NFD")];

  it("is the same on keyboards that compose letters and on those that do not", async () => {
    for (const first of [composed, decomposed]) {
      const email = `p-${newId()}@test.example`;
      expect((await call(signUp, { body: { email, password: first, name: "P" } })).status).toBe(201);
      for (const password of [composed, decomposed])
        expect((await call(signIn, { body: { email, password } })).status).toBe(200);
      expect((await call(signIn, { body: { email, password: composed.replace("й", "и") } })).status).toBe(
        401,
      );
    }
  });

  it("hashed as it was typed, before that, still works", async () => {
    const account = await createAccount();
    const passwordHash = await hash(decomposed);
    await db().user.update({ where: { id: account.id }, data: { passwordHash } });
    expect([await canSignIn(account, decomposed), await canSignIn(account, composed)]).toEqual([true, true]);
  });

  it("is as long as it looks", async () => {
    const email = `p-${newId()}@test.example`;
    const register = (password: string) => call(signUp, { body: { email, password, name: "P" } });
    expect((await register("йёйё".normalize("NFD"))).status).toBe(400);
    expect((await register("ёлка-й".repeat(20).normalize("NFD"))).status).toBe(201);
  });
});

describe("POST /api/me/password", () => {
  const change = (token: string, body: object) => call(changePassword, { token, body });

  it("changes it, revokes the other sessions and keeps this one, notifies the user and writes an audit entry", async () => {
    const account = await createAccount();
    const other = await otherSession(account);
    const response = await change(account.token, { currentPassword: TEST_PASSWORD, newPassword: NEW });
    expect(response.status).toBe(200);
    expect([await isValid(account.token), await isValid(other)]).toEqual([true, false]);
    expect([await canSignIn(account, TEST_PASSWORD), await canSignIn(account, NEW)]).toEqual([false, true]);
    expect(await auditActions(account.id)).toContain("password_changed");
    expect((await mailsTo(account.id)).map(({ payload }) => payload)).toContainEqual(
      expect.objectContaining({ to: { userId: account.id }, template: "account-notice" }),
    );
  });

  it.each([
    ["a wrong current password", { currentPassword: "wrong", newPassword: NEW }, "currentPassword"],
    ["the same again", { currentPassword: TEST_PASSWORD, newPassword: TEST_PASSWORD }, "newPassword"],
    ["one that is too short", { currentPassword: TEST_PASSWORD, newPassword: "seven77" }, "newPassword"],
    [
      "one that is too long",
      { currentPassword: TEST_PASSWORD, newPassword: "x7 ".repeat(43) },
      "newPassword",
    ],
    ["a common password", { currentPassword: TEST_PASSWORD, newPassword: "qwertyuiop" }, "newPassword"],
  ])("rejects %s and changes nothing", async (_, body, field) => {
    const account = await createAccount();
    const other = await otherSession(account);
    const response = await change(account.token, body);
    expect(response.status).toBe(400);
    expect(response.body.error.details).toMatchObject([{ path: field }]);
    expect([await isValid(other), await canSignIn(account, TEST_PASSWORD)]).toEqual([true, true]);
  });

  it("a wrong current password is recorded in the audit log", async () => {
    const account = await createAccount();
    await change(account.token, { currentPassword: "wrong", newPassword: NEW });
    expect(await auditActions(account.id)).toContain("password_change_failed");
  });

  it("requires a recent password confirmation", async () => {
    const account = await createAccount();
    const { id } = await db().session.findFirstOrThrow({ where: { userId: account.id } });
    await expirePasswordConfirmation(id);
    const response = await change(account.token, { currentPassword: TEST_PASSWORD, newPassword: NEW });
    expect(response).toMatchObject({ status: 403, body: { error: { code: "fresh_sign_in_required" } } });
    expect(await canSignIn(account, TEST_PASSWORD)).toBe(true);
  });

  it("two at once: one wins, and the password is the winner's", async () => {
    const account = await createAccount();
    const passwords = ["the first long one", "the second long one"];
    const responses = await Promise.all(
      passwords.map((newPassword) => change(account.token, { currentPassword: TEST_PASSWORD, newPassword })),
    );
    const winners = passwords.filter((_, index) => responses[index]?.status === 200);
    expect(winners).toHaveLength(1);
    expect(await canSignIn(account, winners[0] ?? "")).toBe(true);
  });
});

describe("POST /api/auth/forgot-password", () => {
  it("responds the same for an unknown address, with as many statements and tasks", async () => {
    const account = await createAccount();
    await waitForDeferredWork();
    const cost = async (email: string) => {
      const tasks = await db().task.count({ where: { queue: "emails" } });
      meter.reset();
      const { status, body, headers } = await requestReset(email);
      await waitForDeferredWork();
      const { statements } = meter;
      const addedTasks = (await db().task.count({ where: { queue: "emails" } })) - tasks;
      headers.delete("x-request-id");
      return { status, body, headers: [...headers.keys()], statements, made: addedTasks };
    };
    // The first run prepares the statements.
    await cost(`x-${newId()}@test.example`);
    const known = await cost(account.email);
    const unknown = await cost(`x-${newId()}@test.example`);
    expect(known.status).toBe(202);
    expect(known.made).toBe(1);
    expect(unknown).toEqual(known);
  });

  it("stores no token: not with the link, in the task, or in the audit log", async () => {
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

  it("mails at most five links an hour, also with concurrent requests", async () => {
    const account = await createAccount();
    const responses = await Promise.all(Array.from({ length: 8 }, () => requestReset(account.email)));
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([202]));
    expect(await accountLinks(account.id, "reset_password")).toHaveLength(5);
    aheadMs = 3_601_000;
    await requestReset(account.email);
    expect(await accountLinks(account.id, "reset_password")).toHaveLength(6);
    aheadMs = 0;
  });

  it("a rate-limited request does not invalidate the mailed link", async () => {
    const account = await createAccount();
    for (let time = 0; time < 5; time += 1) await requestReset(account.email);
    const token = await newestLinkToken(account.id, "reset_password");
    await requestReset(account.email);
    expect((await resetWith(token)).status).toBe(200);
  });
});

describe("POST /api/auth/reset-password", () => {
  it("sets the password, revokes every session, and confirms the address", async () => {
    const account = await createAccount({ confirmedAt: null });
    const other = await otherSession(account);
    const response = await resetWith(await resetTokenOf(account));
    expect(response.status).toBe(200);
    expect([await isValid(account.token), await isValid(other)]).toEqual([false, false]);
    expect([await canSignIn(account, TEST_PASSWORD), await canSignIn(account, NEW)]).toEqual([false, true]);
    const row = await db().user.findUniqueOrThrow({ where: { id: account.id } });
    expect(row.confirmedAt).not.toBeNull();
    expect(await auditActions(account.id)).toContain("password_reset");
  });

  const invalidLink = { status: 400, body: { error: { details: [{ path: "token" }] } } };

  it("a link works once", async () => {
    const account = await createAccount();
    const token = await resetTokenOf(account);
    await resetWith(token);
    expect(await resetWith(token, "another long one")).toMatchObject(invalidLink);
    expect(await canSignIn(account, NEW)).toBe(true);
  });

  it("two at once: one wins, and the password is the winner's", async () => {
    const account = await createAccount();
    const token = await resetTokenOf(account);
    const passwords = ["the first long one", "the second long one"];
    const responses = await Promise.all(passwords.map((password) => resetWith(token, password)));
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 400]);
    const won = passwords[responses.findIndex(({ status }) => status === 200)] ?? "";
    expect(await canSignIn(account, won)).toBe(true);
  });

  it("a link works for an hour", async () => {
    const account = await createAccount();
    const token = await resetTokenOf(account);
    aheadMs = 3_600_000;
    expect(await resetWith(token)).toMatchObject(invalidLink);
    aheadMs = 0;
    expect(await canSignIn(account, TEST_PASSWORD)).toBe(true);
  });

  it("a newer link invalidates the previous one", async () => {
    const account = await createAccount();
    const first = await resetTokenOf(account);
    const second = await resetTokenOf(account);
    expect(await resetWith(first)).toMatchObject(invalidLink);
    expect((await resetWith(second)).status).toBe(200);
  });

  it("a change of password invalidates the link", async () => {
    const account = await createAccount();
    const token = await resetTokenOf(account);
    await call(changePassword, {
      token: account.token,
      body: { currentPassword: TEST_PASSWORD, newPassword: "a third long one" },
    });
    expect(await resetWith(token)).toMatchObject(invalidLink);
  });

  it("a link is invalid once the account has another address", async () => {
    const account = await createAccount();
    const token = await resetTokenOf(account);
    await db().user.update({ where: { id: account.id }, data: { email: `m-${newId()}@test.example` } });
    expect(await resetWith(token)).toMatchObject(invalidLink);
  });

  it("a confirmation link cannot reset the password, under either purpose", async () => {
    const account = await signUpAccount();
    const [confirming] = await accountLinks(account.id, "confirm_address");
    const id = confirming?.id ?? "";
    expect(await resetWith(signId("confirm_address", id))).toMatchObject(invalidLink);
    expect(await resetWith(signId("reset_password", id))).toMatchObject(invalidLink);
  });

  it("rejects a forged link, a bare id and an unknown id in the same way", async () => {
    const account = await createAccount();
    const token = await resetTokenOf(account);
    const [link] = await accountLinks(account.id, "reset_password");
    const forged = token.slice(0, -1) + (token.endsWith("A") ? "B" : "A");
    const responses = await Promise.all(
      [forged, link?.id ?? "", signId("reset_password", newId()), "x"].map((bad) => resetWith(bad)),
    );
    for (const response of responses) {
      expect(response).toMatchObject(invalidLink);
      expect(response.body.error.message).toBe(responses[0]?.body.error.message);
    }
    expect((await resetWith(token)).status).toBe(200);
  });

  it("a common password does not use up the link", async () => {
    const account = await createAccount();
    const token = await resetTokenOf(account);
    expect((await resetWith(token, "password1")).status).toBe(400);
    expect((await resetWith(token)).status).toBe(200);
  });

  it("invalidates a change of address that was requested meanwhile", async () => {
    const account = await createAccount();
    const email = `thief-${newId()}@test.example`;
    const requested = await call(changeAddress, { token: account.token, body: { email } });
    expect(requested.status).toBe(202);
    const [theirs] = await accountLinks(account.id, "confirm_address");
    expect(theirs?.email).toBe(email);
    await resetWith(await resetTokenOf(account));
    const [after] = await accountLinks(account.id, "confirm_address");
    expect(after?.expiresAt.getTime()).toBeLessThanOrEqual(Date.now());
  });
});

describe("sign-up", () => {
  it("rejects a common password and creates no account", async () => {
    const email = `p-${newId()}@test.example`;
    const response = await call(signUp, { body: { email, password: "password1", name: "Мира" } });
    expect(response.body.error.details).toMatchObject([{ path: "password" }]);
    expect(await db().user.count({ where: { email } })).toBe(0);
  });

  it("no field of the body gives more than the listener role", async () => {
    const email = `p-${newId()}@test.example`;
    const body = {
      ...{ email, password: TEST_PASSWORD, name: "Мира" },
      ...{ role: "admin", confirmedAt: new Date().toISOString(), confirmed: true, seq: 1 },
    };
    const response = await call(signUp, { body });
    expect([response.status, response.body.user?.role, response.body.user?.confirmed]).toEqual([
      201,
      "listener",
      false,
    ]);
  });
});

it("a failed sign-in is recorded in the audit log, also for an unknown address", async () => {
  const account = await createAccount();
  expect(await canSignIn(account, "nope")).toBe(false);
  expect(await auditActions(account.id)).toContain("sign_in_failed");
  const before = await db().auditEntry.count({ where: { action: "sign_in_failed", subject: "app" } });
  await call(signIn, { body: { email: `x-${newId()}@test.example`, password: "nope" } });
  expect(await db().auditEntry.count({ where: { action: "sign_in_failed", subject: "app" } })).toBe(
    before + 1,
  );
});
