import { describe, expect, it } from "vitest";
import { AppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { withSignInLimit } from "@/lib/rate-limit/handler-limits";
import { middleware } from "@/middleware";
import type { ApiResponse } from "@/tests/support/clients/call";
import { allRoutes, callRoute, type RouteInput } from "@/tests/support/clients/routes";
import { createTestUser, TEST_PASSWORD, type TestUser } from "@/tests/support/factories/accounts";
import { expirePasswordConfirmation, startTestSession } from "@/tests/support/factories/sessions";
import { makeLinkToken, makeTask } from "@/tests/support/factories/test-users";

/**
 * OWASP Authentication Cheat Sheet (with Forgot Password and Password Storage, which it references), item by item under
 * its own headings.
 *
 * Not tested, and why:
 * - "Authentication Responses: Account Creation": sign-up reveals that an address is taken, because it signs in
 * immediately and must respond differently. Every other response is the same for an unknown address.
 * - "Authentication Solution and Sensitive Accounts", "TLS Client Authentication": there is no separate back-office
 * network; administrators are users with a role.
 * - "Multi-Factor Authentication", "CAPTCHA", "Security Questions and Memorable Words": not offered.
 * - "Authentication Protocols That Require No Password" (OAuth, SAML, FIDO): not offered.
 * - "Password Managers": plain HTML forms with `autocomplete`, tested in a browser
 * (tests/e2e/accounts/account.test.ts).
 * - "Adaptive or Risk Based Authentication": sensitive actions require the password again for every user alike.
 */

// As in production. Nothing has read the environment yet.
process.env.APP_URL = "https://music.example";
process.env.TRUST_PROXY = "1";

const routes = new Map((await allRoutes()).map((route) => [route.name, route]));

/** Each request has a new address, so that the per-address limit does not reject it. */
let address = 0;
function send(name: string, { headers, ...input }: RouteInput = {}, token?: string): Promise<ApiResponse> {
  const route = routes.get(name);
  if (!route) throw new Error(`there is no route ${name}`);
  address += 1;
  const from = { "x-forwarded-for": `2001:db8:${address.toString(16)}::1` };
  return callRoute(route, { ...input, headers: { ...from, ...headers } }, token);
}

const signIn = (email: string, password: string) =>
  send("POST /api/auth/sign-in", { body: { email, password } });
const signUp = (password: string, email = `${newId()}@test.example`) =>
  send("POST /api/auth/sign-up", { body: { email, password, name: "New here" } });
/** A response without the parts that differ each time. */
const comparable = ({ status, headers, body }: ApiResponse) => ({
  status,
  body: { ...body, error: body?.error && { ...body.error, requestId: "" } },
  headers: [...headers].filter(([name]) => name !== "x-request-id"),
});
const isRejected = async (token: string) => (await send("GET /api/me", {}, token)).status === 401;

describe("Authentication General Guidelines", () => {
  it("User IDs: are random, and addresses are case-insensitive", async () => {
    const email = `Case-${newId()}@Test.Example`;
    expect((await signUp(TEST_PASSWORD, email)).status).toBe(201);
    expect((await signUp(TEST_PASSWORD, email.toLowerCase())).status).toBe(409);
    const { status, body } = await signIn(email.toUpperCase(), TEST_PASSWORD);
    expect(status).toBe(200);
    expect(body.user.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it("Implement Proper Password Strength Controls: accepts 8 to 128 characters of any kind, and truncates none", async () => {
    for (const password of ["short12", "x".repeat(129)])
      expect((await signUp(password)).body.error.details[0].path).toBe("password");
    for (const password of [
      "plain lower case words",
      "пять серых цапель",
      "👩‍👩‍👧‍👦 e\u0301 ﷺ ok",
      `${"long ".repeat(25)}end`,
    ]) {
      const { status, body } = await signUp(password);
      expect([password, status]).toEqual([password, 201]);
      expect((await signIn(body.user.email, password)).status).toBe(200);
      expect((await signIn(body.user.email, password.slice(0, -1))).status).toBe(401);
    }
  });

  it("Implement Proper Password Strength Controls: rejects the most common passwords", async () => {
    for (const password of ["password123", "qwertyuiop", "aaaaaaaaaaaa", "normaldance"])
      expect([password, (await signUp(password)).status]).toEqual([password, 400]);
    const body = { currentPassword: TEST_PASSWORD, newPassword: "password123" };
    const { accessToken } = await startTestSession(await createTestUser());
    expect((await send("POST /api/me/password", { body }, accessToken)).status).toBe(400);
    const token = await makeLinkToken({ listener: await createTestUser() }, "reset_password");
    const reset = { body: { token, password: "password123" } };
    expect((await send("POST /api/auth/reset-password", reset)).status).toBe(400);
  });

  it("Store Passwords in a Secure Fashion: uses argon2id with a random salt and never returns the hash", async () => {
    const [one, two] = [(await signUp(TEST_PASSWORD)).body, (await signUp(TEST_PASSWORD)).body];
    const hashes = await db().user.findMany({
      where: { id: { in: [one.user.id, two.user.id] } },
      select: { passwordHash: true },
    });
    for (const { passwordHash } of hashes) {
      const [, memory, passes] = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$/.exec(passwordHash) ?? [];
      expect(Number(memory)).toBeGreaterThanOrEqual(19_456);
      expect(Number(passes)).toBeGreaterThanOrEqual(2);
    }
    expect(hashes[0]?.passwordHash).not.toBe(hashes[1]?.passwordHash);
    const seen = [one, (await send("GET /api/me", {}, one.accessToken)).body];
    seen.push((await send("GET /api/me/export", {}, one.accessToken)).body);
    for (const body of seen) expect(JSON.stringify(body)).not.toMatch(/argon2|passwordHash/);
  });

  it("Change Password Feature: requires a session and the current password, and revokes the other sessions", async () => {
    const person = await createTestUser();
    const [here, otherSession] = [await startTestSession(person), await startTestSession(person)];
    const change = (currentPassword: string, token?: string) =>
      send("POST /api/me/password", { body: { currentPassword, newPassword: "six red herons" } }, token);
    expect((await change(TEST_PASSWORD)).status).toBe(401);
    expect((await change("not it at all", here.accessToken)).status).toBe(400);
    expect((await change(TEST_PASSWORD, here.accessToken)).status).toBe(200);
    expect(await isRejected(otherSession.accessToken)).toBe(true);
    expect((await signIn(person.email, TEST_PASSWORD)).status).toBe(401);
    expect((await signIn(person.email, "six red herons")).status).toBe(200);
  });

  it("Transmit Passwords Only Over TLS or Other Strong Transport: HSTS", async () => {
    const { headers } = await middleware(new Request("https://music.example/sign-in"));
    expect(headers.get("strict-transport-security")).toMatch(/^max-age=\d{8,}/);
  });

  it("Require Re-authentication for Sensitive Features: covers every sensitive route, and a password confirmation satisfies it", async () => {
    const sensitive = [...routes.values()].filter(({ spec }) => spec.fresh).map(({ name }) => name);
    expect(sensitive).toEqual(
      expect.arrayContaining([
        "DELETE /api/me",
        "POST /api/admin/people/{id}/block",
        "POST /api/admin/people/{id}/role",
        "POST /api/admin/redis/backup",
        "POST /api/me/email",
        "POST /api/me/password",
        "POST /api/tasks/{id}/replay",
      ]),
    );
    const person = await createTestUser();
    const { accessToken, session } = await startTestSession(person);
    await expirePasswordConfirmation(session.id);
    const changeAddress = () =>
      send("POST /api/me/email", { body: { email: `${newId()}@test.example` } }, accessToken);
    expect((await changeAddress()).body.error.code).toBe("fresh_sign_in_required");
    const confirm = (password: string) =>
      send("POST /api/auth/confirm-password", { body: { password } }, accessToken);
    expect((await confirm("not it at all")).status).toBe(400);
    expect((await changeAddress()).status).toBe(403);
    expect((await confirm(TEST_PASSWORD)).status).toBe(200);
    expect((await changeAddress()).status).toBe(202);
  });

  it("Reauthentication After Risk Events: a password reset revokes every session", async () => {
    const listener = await createTestUser();
    const { accessToken } = await startTestSession(listener);
    const token = await makeLinkToken({ listener }, "reset_password");
    const body = { token, password: "six red herons" };
    const response = await send("POST /api/auth/reset-password", { body });
    expect(response.status).toBe(200);
    expect(response.headers.getSetCookie().some((line) => /_access=[^;]/.test(line))).toBe(false);
    expect(await isRejected(accessToken)).toBe(true);
  });
});

describe("Implement Secure Password Recovery Mechanism", () => {
  it("a link works once, only for its purpose, and is not stored in the form that is mailed", async () => {
    const listener = await createTestUser();
    await send("POST /api/auth/forgot-password", { body: { email: listener.email } });
    const link = await db().accountLink.findFirstOrThrow({ where: { userId: listener.userId } });
    const task = await db().task.findFirstOrThrow({ where: { key: `link:${link.id}` } });
    const token = await makeLinkToken({ listener }, "reset_password");
    expect(Buffer.from(token, "base64url").length).toBeGreaterThanOrEqual(32);
    for (const stored of [link, task]) expect(JSON.stringify(stored)).not.toContain(token.slice(24));
    const reset = () =>
      send("POST /api/auth/reset-password", { body: { token, password: "six red herons" } });
    expect((await send("POST /api/auth/confirm-email", { body: { token } })).status).toBe(400);
    expect((await reset()).status).toBe(200);
    expect((await reset()).status).toBe(400);
  });

  it("a link is valid for an hour", async () => {
    const listener = await createTestUser();
    await send("POST /api/auth/forgot-password", { body: { email: listener.email } });
    const { createdAt, expiresAt } = await db().accountLink.findFirstOrThrow({
      where: { userId: listener.userId },
    });
    expect(expiresAt.getTime() - createdAt.getTime()).toBeLessThanOrEqual(3_600_000);
    const token = await makeLinkToken({ listener }, "reset_password");
    await db().accountLink.updateMany({
      where: { userId: listener.userId },
      data: { expiresAt: new Date(Date.now() - 1_000) },
    });
    const body = { token, password: "six red herons" };
    expect((await send("POST /api/auth/reset-password", { body })).status).toBe(400);
  });
});

describe("Authentication and Error Messages", () => {
  it("Authentication Responses: Login: are the same for a wrong password and an unknown address", async () => {
    const { email } = await createTestUser();
    const wrong = comparable(await signIn(email, "not it at all"));
    const unknown = comparable(await signIn(`${newId()}@test.example`, "not it at all"));
    expect(wrong).toEqual(unknown);
    expect(wrong.status).toBe(401);
    expect(JSON.stringify(wrong.body)).not.toMatch(/unknown|not found|неизвест/i);
  });

  it("Authentication Responses: Password recovery: are the same for an unknown address", async () => {
    const requestReset = (email: string) => send("POST /api/auth/forgot-password", { body: { email } });
    const known = comparable(await requestReset((await createTestUser()).email));
    expect(known).toEqual(comparable(await requestReset(`${newId()}@test.example`)));
    expect(known.status).toBe(202);
  });

  it("Error Codes and URLs: another user's task looks like a missing one", async () => {
    const listener = await createTestUser();
    const { accessToken } = await startTestSession(await createTestUser());
    const see = (id: string) => send("GET /api/tasks/{id}", { params: { id } }, accessToken);
    expect(comparable(await see(await makeTask({ listener })))).toEqual(comparable(await see(newId())));
  });
});

describe("Protect Against Automated Attacks", () => {
  const guess = async (email: string) => (await signIn(email, "not it at all")).status;
  const ATTACKER = { "x-forwarded-for": "2001:db8:ffff::1" };
  const guessFromAttacker = async (email: string) => {
    const body = { email, password: "not it at all" };
    return (await send("POST /api/auth/sign-in", { body, headers: ATTACKER })).status;
  };

  /** Fails as often as all addresses together may. */
  async function exhaustAccount(email: string): Promise<void> {
    const wrongPassword = new AppError("unauthenticated");
    for (let n = 0; n < 80; n += 1) {
      const attempt = { email, ip: `203.0.113.${n}`, device: null };
      await withSignInLimit(attempt, () => Promise.reject(wrongPassword)).catch(() => {});
    }
  }

  it("Login Throttling: an account accepts ten wrong passwords from one address, and 80 from all of them", async () => {
    for (const email of [(await createTestUser()).email, `${newId()}@test.example`]) {
      const statuses = [];
      for (let i = 0; i < 12; i += 1) statuses.push(await guessFromAttacker(email));
      expect(statuses).toEqual([...Array(10).fill(401), 429, 429]);
      expect(await guess(email)).toBe(401);
      await exhaustAccount(email);
      expect(await guess(email)).toBe(429);
    }
  });

  it("Account Lockout: guesses from one address do not lock the owner out", async () => {
    const { email } = await createTestUser();
    for (let i = 0; i < 11; i += 1) await guessFromAttacker(email);
    expect((await signIn(email, TEST_PASSWORD)).status).toBe(200);
  });

  it("Account Lockout: expires, and affects neither a known browser nor the reset mail", async () => {
    const person: TestUser = await createTestUser();
    const first = await signIn(person.email, TEST_PASSWORD);
    const cookie = first.headers
      .getSetCookie()
      .find((line) => line.includes("nd_device="))
      ?.split(";")[0];
    await exhaustAccount(person.email);
    const refused = await signIn(person.email, TEST_PASSWORD);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeLessThanOrEqual(3_600);
    const reset = await send("POST /api/auth/forgot-password", { body: { email: person.email } });
    expect(reset.status).toBe(202);
    const known = await send("POST /api/auth/sign-in", {
      body: { email: person.email, password: TEST_PASSWORD },
      headers: { cookie: cookie ?? "" },
    });
    expect(known.status).toBe(200);
  });

  it("Logging and Monitoring: a failure is logged with its account and without the password", async () => {
    const { email, userId } = await createTestUser();
    await guess(email);
    const rows = await db().auditEntry.findMany({
      where: { action: "sign_in_failed", subject: `user:${userId}` },
    });
    expect(rows).toHaveLength(1);
    expect(rows[0]?.ip).toMatch(/^2001:db8:/);
    expect(JSON.stringify(rows)).not.toContain("not it at all");
    expect(JSON.stringify(rows)).not.toContain(email);
  });
});

describe("Changing A User's Registered Email Address", () => {
  it("requires a recent password confirmation, notifies the current address, and takes effect only with the link", async () => {
    const person = await createTestUser();
    const { accessToken } = await startTestSession(person);
    const email = `${newId()}@test.example`;
    expect((await send("POST /api/me/email", { body: { email } }, accessToken)).status).toBe(202);
    expect((await send("GET /api/me", {}, accessToken)).body.user.email).toBe(person.email);
    const mails = await db().task.findMany({ where: { queue: "emails", ownerId: person.userId } });
    expect(mails.map(({ payload }) => payload)).toContainEqual(
      expect.objectContaining({ to: { address: person.email } }),
    );
    const token = await makeLinkToken({ listener: { ...person, email } }, "confirm_address");
    expect((await send("POST /api/auth/confirm-email", { body: { token } })).status).toBe(200);
    expect((await signIn(email, TEST_PASSWORD)).status).toBe(200);
    expect((await signIn(person.email, TEST_PASSWORD)).status).toBe(401);
  });
});
