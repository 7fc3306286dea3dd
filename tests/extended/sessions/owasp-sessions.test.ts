import { beforeEach, describe, expect, it } from "vitest";
import { accessCookieName, refreshCookieName, signAccessToken } from "@/lib/core/access-token";
import { setClock } from "@/lib/core/clock";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { ACCESS_TOKEN_TTL_SECONDS, SESSION_IDLE_SECONDS, SESSION_TTL_SECONDS } from "@/lib/sessions";
import { middleware } from "@/middleware";
import type { ApiResponse } from "@/tests/support/clients/call";
import { allRoutes, callRoute, type RouteInput } from "@/tests/support/clients/routes";
import { createTestUser, TEST_PASSWORD, type TestUser } from "@/tests/support/factories/accounts";
import { startTestSession } from "@/tests/support/factories/sessions";

/**
 * OWASP Session Management Cheat Sheet, item by item under its own headings.
 *
 * Not tested, and why:
 * - "Manage Session ID as Any Other User Input": tests/extended/api/fuzz-routes.test.ts sends arbitrary cookies and
 * tokens.
 * - "Initial Login Timeout", "Force Session Logout On Web Browser Window Close Events", "Disable Web Browser
 * Cross-Tab Sessions": nothing is stored before sign-in; by design users stay signed in when they close the window,
 * and have several tabs. The idle and absolute limits apply either way.
 * - "Binding the Session ID to Other User Properties": a phone's IP address changes all the time. Instead the user
 * sees where a session is used, and a reused refresh token revokes it.
 * - "Reuse of ... Other Session Tokens", "Considerations When Using Multiple Cookies": an access token names its
 * session, so no two can contradict each other.
 * - "WAF Protections": the platform's.
 */

// As in production. Nothing has read the environment yet.
process.env.APP_URL = "https://music.example";

const routes = new Map((await allRoutes()).map((route) => [route.name, route]));

function send(name: string, input: RouteInput = {}, token?: string): Promise<ApiResponse> {
  const route = routes.get(name);
  if (!route) throw new Error(`there is no route ${name}`);
  return callRoute(route, input, token);
}

const me = (token: string) => send("GET /api/me", {}, token);

/** What a browser has after signing in. */
interface Browser {
  cookies: Map<string, string>;
  setCookies: string[];
  answer: ApiResponse;
}

async function signIn(person: TestUser, cookie = ""): Promise<Browser> {
  const answer = await send("POST /api/auth/sign-in", {
    body: { email: person.email, password: TEST_PASSWORD },
    headers: cookie ? { cookie } : {},
  });
  expect(answer.status).toBe(200);
  const setCookies = answer.headers.getSetCookie();
  const cookies = new Map(
    setCookies.map((line) => [line.slice(0, line.indexOf("=")), /=([^;]*)/.exec(line)?.[1] ?? ""] as const),
  );
  return { answer, cookies, setCookies };
}

const cookieOf = ({ cookies }: Browser, name: string) => `${name}=${cookies.get(name)}`;
const accessOf = ({ cookies }: Browser) => cookies.get(accessCookieName()) ?? "";
const refresh = (cookie: string) => send("POST /api/auth/refresh", { body: {}, headers: { cookie } });

let aheadSeconds = 0;
beforeEach(() => {
  aheadSeconds = 0;
  return setClock({ now: () => Date.now() + aheadSeconds * 1000 });
});

/** Sets the clock this many seconds ahead. */
function setAhead(seconds: number): void {
  aheadSeconds = seconds;
}

describe("Session ID Properties", () => {
  it("Session ID Name Fingerprinting: the names reveal no framework", async () => {
    const { cookies } = await signIn(await createTestUser());
    for (const name of cookies.keys()) {
      expect(name).toMatch(/^__Host-nd_(access|refresh|device)$/);
      expect(name).not.toMatch(/next|express|connect|jsession|phpsess|asp|auth\.js/i);
    }
  });

  it("Session ID Entropy: at least 64 bits (here 128), and all ids differ", async () => {
    const person = await createTestUser();
    const tokens = [];
    for (let i = 0; i < 20; i += 1) tokens.push((await startTestSession(person)).refreshToken);
    // The nonce follows session, user and rotation, and precedes the signature.
    const nonces = tokens.map((token) => Buffer.from(token, "base64url").subarray(36, 52));
    expect(new Set(nonces.map((nonce) => nonce.toString("hex"))).size).toBe(20);
    for (const nonce of nonces) expect(nonce).toHaveLength(16);
    // Every byte of it varies.
    for (let i = 0; i < 16; i += 1)
      expect(new Set(nonces.map((nonce) => nonce[i])).size, `byte ${i}`).toBeGreaterThan(1);
    // Two concurrent sign-ins make two sessions.
    const both = await Promise.all([startTestSession(person), startTestSession(person)]);
    expect(both[0].session.id).not.toBe(both[1].session.id);
  });

  it("Session ID Content (or Value): no address, no password, no user data but name and role", async () => {
    const person = await createTestUser();
    const browser = await signIn(person);
    const claims = JSON.parse(Buffer.from(accessOf(browser).split(".")[1] ?? "", "base64url").toString());
    expect(Object.keys(claims).sort()).toEqual(["exp", "iat", "iss", "name", "role", "seq", "sid", "sub"]);
    for (const value of browser.cookies.values())
      for (const text of [value, Buffer.from(value, "base64url").toString("latin1")])
        for (const secret of [person.email, TEST_PASSWORD, "argon2"]) expect(text).not.toContain(secret);
  });
});

describe("Session Management Implementation", () => {
  it("Built-in session storage: only hashes of tokens are stored", async () => {
    const { session, refreshToken, accessToken } = await startTestSession(await createTestUser());
    const row = await db().session.findUniqueOrThrow({ where: { id: session.id } });
    expect(row.tokenHash).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(row)).not.toContain(refreshToken);
    expect(JSON.stringify(row)).not.toContain(accessToken);
  });

  it("Used vs. Accepted Session ID Exchange Mechanisms: cookie or bearer header, and not the URL", async () => {
    const browser = await signIn(await createTestUser());
    const token = accessOf(browser);
    expect((await me(token)).status).toBe(200);
    const cookie = cookieOf(browser, accessCookieName());
    expect((await send("GET /api/me", { headers: { cookie } })).status).toBe(200);
    for (const name of ["access_token", "token", "nd_access", "__Host-nd_access", "sid"])
      expect((await send("GET /api/me", { query: `?${name}=${token}` })).status).toBe(401);
    expect(browser.answer.headers.get("location")).toBeNull();
  });

  it("Used vs. Accepted Session ID Exchange Mechanisms: a refresh token only refreshes and authenticates no request", async () => {
    const browser = await signIn(await createTestUser());
    const token = browser.cookies.get(refreshCookieName()) ?? "";
    expect((await me(token)).status).toBe(401);
    const asAccessCookie = { cookie: `${accessCookieName()}=${token}` };
    expect((await send("GET /api/me", { headers: asAccessCookie })).status).toBe(401);
    expect((await refresh(cookieOf(browser, refreshCookieName()))).status).toBe(200);
  });

  it("Transport Layer Security: HSTS, and cookies are sent only over TLS", async () => {
    const { headers } = await middleware(new Request("https://music.example/"));
    const seconds = Number(/max-age=(\d+)/.exec(headers.get("strict-transport-security") ?? "")?.[1]);
    expect(seconds).toBeGreaterThanOrEqual(31_536_000);
    for (const line of (await signIn(await createTestUser())).setCookies)
      expect(line).toMatch(/; Secure(;|$)/);
  });
});

describe("Cookies", () => {
  it("Secure, HttpOnly, SameSite, Path=/, no Domain, and a limited life", async () => {
    const { setCookies } = await signIn(await createTestUser());
    expect(setCookies).toHaveLength(3);
    for (const line of setCookies) {
      expect(line).toMatch(/^__Host-/);
      for (const attribute of ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"])
        expect(line.split("; ")).toContain(attribute);
      expect(line).not.toMatch(/domain=/i);
      expect(Number(/Max-Age=(\d+)/.exec(line)?.[1])).toBeGreaterThan(0);
    }
    const lifeOf = (name: string) =>
      Number(/Max-Age=(\d+)/.exec(setCookies.find((line) => line.startsWith(name)) ?? "")?.[1]);
    expect(lifeOf(accessCookieName())).toBeLessThanOrEqual(ACCESS_TOKEN_TTL_SECONDS);
    expect(lifeOf(refreshCookieName())).toBeLessThanOrEqual(SESSION_TTL_SECONDS);
  });

  it("HTML5 Web Storage API: a browser gets the refresh token only as a cookie, out of reach of scripts", async () => {
    const { answer, cookies } = await signIn(await createTestUser());
    expect(answer.body).not.toHaveProperty("refreshToken");
    expect(JSON.stringify(answer.body)).not.toContain(cookies.get(refreshCookieName()));
  });
});

describe("Session ID Life Cycle", () => {
  it("Session ID Generation and Verification: strict: a session id that was not issued is rejected", async () => {
    const person = await createTestUser();
    const { session } = await startTestSession(person);
    // Signed with the right key, but for a session that never existed, or for another user's session.
    const made = await signAccessToken({ ...person, sessionId: newId() }, 60);
    const other = await signAccessToken({ ...(await createTestUser()), sessionId: session.id }, 60);
    for (const token of [made, other]) expect((await me(token)).status).toBe(401);
    expect(await db().session.count({ where: { userId: person.userId } })).toBe(1);
  });

  it("Renew the Session ID After Any Privilege Level Change: signing in", async () => {
    const person = await createTestUser();
    const before = await signIn(person);
    const after = await signIn(person, cookieOf(before, refreshCookieName()));
    const sidOf = (browser: Browser) =>
      JSON.parse(Buffer.from(accessOf(browser).split(".")[1] ?? "", "base64url").toString()).sid;
    expect(sidOf(after)).not.toBe(sidOf(before));
    // The previous session is revoked, wherever a copy of its tokens is.
    expect((await me(accessOf(before))).status).toBe(401);
    expect((await refresh(cookieOf(before, refreshCookieName()))).status).toBe(401);
    expect((await me(accessOf(after))).status).toBe(200);
  });

  it("Renew the Session ID After Any Privilege Level Change: a change of password or role revokes earlier sessions", async () => {
    const person = await createTestUser();
    const [here, otherSession] = [await startTestSession(person), await startTestSession(person)];
    const body = { currentPassword: TEST_PASSWORD, newPassword: "ten black herons" };
    expect((await send("POST /api/me/password", { body }, here.accessToken)).status).toBe(200);
    expect((await me(otherSession.accessToken)).status).toBe(401);

    const admin = await startTestSession(await createTestUser("admin"));
    const role = { params: { id: person.userId }, body: { role: "artist", reason: "asked" } };
    expect((await send("POST /api/admin/people/{id}/role", role, admin.accessToken)).status).toBe(200);
    expect((await me(here.accessToken)).status).toBe(401);
  });
});

describe("Session Expiration", () => {
  it("Idle Timeout: a session expires on the server after this time without use", async () => {
    const browser = await signIn(await createTestUser());
    setAhead(SESSION_IDLE_SECONDS + 1);
    expect((await refresh(cookieOf(browser, refreshCookieName()))).status).toBe(401);
    expect((await me(accessOf(browser))).status).toBe(401);
  });

  it("Absolute Timeout: a session expires however much it is used", async () => {
    let { refreshToken } = await startTestSession(await createTestUser());
    const refreshTokens = async () => send("POST /api/auth/refresh", { body: { refreshToken } });
    const step = SESSION_IDLE_SECONDS - 3_600;
    for (let seconds = step; seconds < SESSION_TTL_SECONDS; seconds += step) {
      setAhead(seconds);
      const answer = await refreshTokens();
      expect(answer.status).toBe(200);
      refreshToken = answer.body.refreshToken;
    }
    setAhead(SESSION_TTL_SECONDS + 1);
    expect((await refreshTokens()).status).toBe(401);
  });

  it("Renewal Timeout: an access token is valid for a quarter of an hour, and a refresh issues a new one", async () => {
    const browser = await signIn(await createTestUser());
    setAhead(ACCESS_TOKEN_TTL_SECONDS + 1);
    expect((await me(accessOf(browser))).status).toBe(401);
    const refreshed = await refresh(cookieOf(browser, refreshCookieName()));
    expect(refreshed.status).toBe(200);
    expect(refreshed.body.accessToken).not.toBe(accessOf(browser));
    expect((await me(refreshed.body.accessToken)).status).toBe(200);
  });

  it("Manual Session Expiration: Logout Button: revokes the session on the server and deletes the cookies", async () => {
    const browser = await signIn(await createTestUser());
    const answer = await send("POST /api/auth/sign-out", {}, accessOf(browser));
    expect(answer.status).toBe(200);
    for (const name of [accessCookieName(), refreshCookieName()])
      expect(answer.headers.getSetCookie()).toContainEqual(expect.stringMatching(`^${name}=;.*Max-Age=0`));
    expect((await me(accessOf(browser))).status).toBe(401);
    expect((await refresh(cookieOf(browser, refreshCookieName()))).status).toBe(401);
  });

  it("Web Content Caching: no response to a signed-in user is cacheable", async () => {
    const browser = await signIn(await createTestUser());
    expect(browser.answer.headers.get("cache-control")).toBe("no-store");
    for (const route of routes.values()) {
      if (route.spec.auth !== "user" || route.method !== "GET" || route.path.includes("{")) continue;
      const { headers } = await callRoute(route, {}, accessOf(browser));
      expect([route.name, headers.get("cache-control")]).toEqual([
        route.name,
        expect.stringMatching(/no-store/),
      ]);
    }
  });
});

describe("Session Attacks Detection", () => {
  it("Session ID Guessing and Brute Force Detection: a token with one changed character is invalid", async () => {
    const { refreshToken, accessToken } = await startTestSession(await createTestUser());
    const changed = (token: string, at: number) =>
      `${token.slice(0, at)}${token[at] === "A" ? "B" : "A"}${token.slice(at + 1)}`;
    for (const at of [0, 30, 50, 60, 80])
      expect((await refresh(`${refreshCookieName()}=${changed(refreshToken, at)}`)).status).toBe(401);
    expect((await me(changed(accessToken, accessToken.length - 10))).status).toBe(401);
    // Guessing does not revoke the session.
    expect((await refresh(`${refreshCookieName()}=${refreshToken}`)).status).toBe(200);
  });

  it("Detecting Session ID Anomalies: a reused refresh token revokes its session", async () => {
    const { refreshToken } = await startTestSession(await createTestUser());
    const cookie = (token: string) => `${refreshCookieName()}=${token}`;
    const next = (await send("POST /api/auth/refresh", { body: { refreshToken } })).body;
    setAhead(60);
    expect((await refresh(cookie(refreshToken))).status).toBe(401);
    expect((await refresh(cookie(next.refreshToken))).status).toBe(401);
    expect((await me(next.accessToken)).status).toBe(401);
  });

  it("Logging Sessions Life Cycle: start and end are logged, without tokens", async () => {
    const person = await createTestUser();
    const browser = await signIn(person);
    await send("POST /api/auth/sign-out", {}, accessOf(browser));
    const rows = await db().auditEntry.findMany({
      where: { OR: [{ actorId: person.userId }, { subject: `user:${person.userId}` }] },
    });
    expect(rows.map(({ action }) => action)).toEqual(expect.arrayContaining(["sign_in", "sign_out"]));
    for (const value of browser.cookies.values()) expect(JSON.stringify(rows)).not.toContain(value);
  });

  it("Simultaneous Session Logons: a user sees all sessions and can revoke each", async () => {
    const person = await createTestUser();
    const [here, there] = [await startTestSession(person), await startTestSession(person)];
    const list = await send("GET /api/sessions", {}, here.accessToken);
    expect(list.body.items).toHaveLength(2);
    expect(
      (await send("DELETE /api/sessions/{id}", { params: { id: there.session.id } }, here.accessToken))
        .status,
    ).toBe(200);
    expect((await me(there.accessToken)).status).toBe(401);
    expect((await me(here.accessToken)).status).toBe(200);
  });
});
