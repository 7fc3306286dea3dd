import { afterEach, describe, expect, it, vi } from "vitest";
import { POST as confirmPassword } from "@/app/api/auth/confirm-password/route";
import { POST as refresh } from "@/app/api/auth/refresh/route";
import { POST as signIn } from "@/app/api/auth/sign-in/route";
import { POST as signOut } from "@/app/api/auth/sign-out/route";
import { POST as signUp } from "@/app/api/auth/sign-up/route";
import { GET as me } from "@/app/api/me/route";
import { DELETE as endOne } from "@/app/api/sessions/[id]/route";
import { DELETE as endMany, GET as list } from "@/app/api/sessions/route";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { call } from "@/tests/support/clients/call";

const password = "correct horse battery";
const UA = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0";

/** A browser's cookie jar. */
class Browser {
  private readonly jar = new Map<string, string>();

  constructor(private readonly userAgent = UA) {}

  async send(handler: Parameters<typeof call>[0], options: Parameters<typeof call>[1] = {}) {
    const cookie = [...this.jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { "user-agent": this.userAgent, ...(cookie ? { cookie } : {}), ...options.headers };
    const response = await call(handler, { ...options, headers });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = "", attributes = ""] = /^([^=]+)=([^;]*);(.*)$/.exec(line) ?? [];
      if (/Max-Age=0(;|$)/.test(attributes)) this.jar.delete(name);
      else this.jar.set(name, value);
    }
    return response;
  }

  cookie(name: string) {
    return this.jar.get(name);
  }

  deleteCookie(name: string) {
    this.jar.delete(name);
  }
}

async function newAccount() {
  const email = `${newId()}@test.example`;
  const browser = new Browser();
  const { status, body } = await browser.send(signUp, { body: { email, password, name: "Somebody" } });
  expect(status).toBe(201);
  return { email, browser, id: body.user.id as string };
}

async function signedIn(email: string, userAgent?: string) {
  const browser = new Browser(userAgent);
  expect((await browser.send(signIn, { body: { email, password } })).status).toBe(200);
  return browser;
}

afterEach(() => vi.unstubAllEnvs());

describe("signing in", () => {
  it("sets both tokens as HttpOnly cookies, and returns the refresh token nowhere else", async () => {
    const { email } = await newAccount();
    const response = await call(signIn, { body: { email, password } });
    const cookies = response.headers.getSetCookie().filter((line) => !line.startsWith("nd_device="));
    expect(cookies).toHaveLength(2);
    for (const line of cookies) expect(line).toMatch(/; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+$/);
    const refreshToken = /nd_refresh=([^;]+)/.exec(cookies.join())?.[1] ?? "none";
    expect(JSON.stringify(response.body)).not.toContain(refreshToken);
    expect(Date.parse(response.body.expiresAt) - Date.now()).toBeLessThanOrEqual(900_000);
  });

  it("returns tokens in the body on request, and no cookie", async () => {
    const { email } = await newAccount();
    const response = await call(signIn, { body: { email, password, tokens: "body" } });
    expect(response.headers.getSetCookie()).toEqual([]);
    const refreshed = await call(refresh, { body: { refreshToken: response.body.refreshToken } });
    expect(refreshed.headers.getSetCookie()).toEqual([]);
    expect(refreshed.body.refreshToken).not.toBe(response.body.refreshToken);
    expect((await call(me, { token: refreshed.body.accessToken })).status).toBe(200);
  });

  it("in the same browser replaces its previous session", async () => {
    const { email, browser, id } = await newAccount();
    await browser.send(signIn, { body: { email, password } });
    expect((await browser.send(list)).body.items).toHaveLength(1);
    const rows = await db().session.findMany({ where: { userId: id }, orderBy: { id: "asc" } });
    expect(rows.map(({ revokedFor }) => revokedFor)).toEqual(["replaced", null]);
  });
});

describe("refreshing", () => {
  it("keeps a browser signed in whose access token has expired", async () => {
    const { browser } = await newAccount();
    browser.deleteCookie("nd_access");
    expect((await browser.send(me)).status).toBe(401);
    const response = await browser.send(refresh, { body: {} });
    expect(response.status).toBe(200);
    expect(response.body.refreshToken).toBeUndefined();
    expect((await browser.send(me)).status).toBe(200);
  });

  it.each([
    ["nothing", {}],
    ["nonsense", { refreshToken: "x" }],
  ])("with %s is 401", async (_, body) => {
    expect((await call(refresh, { body })).status).toBe(401);
  });
});

describe("devices", () => {
  it("are listed with their type, the current one first", async () => {
    const { email, browser } = await newAccount();
    vi.stubEnv("TRUST_PROXY", "none");
    const phone = await signedIn(
      email,
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    );
    const { body } = await browser.send(list);
    expect(body.nextCursor).toBeNull();
    expect(
      body.items.map(({ current, device }: { current: boolean; device: object }) => ({ current, ...device })),
    ).toEqual([
      { current: true, browser: "Firefox 143", os: "Windows", kind: "desktop" },
      { current: false, browser: "Safari 18", os: "iOS", kind: "phone" },
    ]);
    expect((await phone.send(list)).body.items[0]).toMatchObject({
      current: true,
      device: { kind: "phone" },
    });
  });

  it("get 401 at their next request after a revocation from another device, and cannot refresh", async () => {
    const { email, browser } = await newAccount();
    const [one, two] = [await signedIn(email), await signedIn(email)];
    const { body } = await one.send(list);
    const id = body.items[0].id;
    expect((await browser.send(endOne, { method: "DELETE", params: { id } })).status).toBe(200);
    expect((await one.send(me)).status).toBe(401);
    expect((await one.send(refresh, { body: {} })).status).toBe(401);
    expect((await two.send(me)).status).toBe(200);

    const others = await browser.send(endMany, { method: "DELETE", query: "?scope=others" });
    expect(others.body).toEqual({ ended: 1 });
    expect((await two.send(me)).status).toBe(401);
    expect((await browser.send(me)).status).toBe(200);

    const all = await browser.send(endMany, { method: "DELETE", query: "?scope=all" });
    expect(all.body).toEqual({ ended: 1 });
    expect(browser.cookie("nd_refresh")).toBeUndefined();
    expect((await browser.send(me)).status).toBe(401);
  });

  it("of another user are not found", async () => {
    const [a, b] = [await newAccount(), await newAccount()];
    const id = (await a.browser.send(list)).body.items[0].id;
    expect((await b.browser.send(endOne, { method: "DELETE", params: { id } })).status).toBe(404);
    expect((await a.browser.send(me)).status).toBe(200);
  });

  it.each(["", "?scope=", "?scope=mine", "?scope=all&scope=others"])(
    "are signed out only with a valid scope: %s",
    async (query) => {
      const { browser } = await newAccount();
      expect((await browser.send(endMany, { method: "DELETE", query })).status).toBe(400);
      expect((await browser.send(me)).status).toBe(200);
    },
  );
});

describe("signing out", () => {
  it("revokes the session, so that a copied token is rejected", async () => {
    const { browser } = await newAccount();
    const copied = browser.cookie("nd_access");
    expect((await browser.send(signOut, { method: "POST", body: {} })).status).toBe(200);
    expect(browser.cookie("nd_access")).toBeUndefined();
    expect(browser.cookie("nd_refresh")).toBeUndefined();
    expect((await call(me, { token: copied })).status).toBe(401);
  });

  it("works with an expired access token, and without a session", async () => {
    const { browser, id } = await newAccount();
    browser.deleteCookie("nd_access");
    expect((await browser.send(signOut, { method: "POST", body: {} })).status).toBe(200);
    expect(await db().session.count({ where: { userId: id, revokedAt: null } })).toBe(0);
    expect((await call(signOut, { method: "POST", body: {} })).status).toBe(200);
  });
});

it("confirming the password makes a session fresh; a wrong one does not, and is not a 401", async () => {
  const { browser } = await newAccount();
  const right = await browser.send(confirmPassword, { body: { password } });
  expect(right.status).toBe(200);
  expect(Date.now() - Date.parse(right.body.authenticatedAt)).toBeLessThan(60_000);
  const wrong = await browser.send(confirmPassword, { body: { password: "wrong password" } });
  expect(wrong.status).toBe(400);
  expect(wrong.body.error.details[0].path).toBe("password");
});
