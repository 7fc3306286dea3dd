import type { BrowserContext, Page, Request } from "playwright-core";
import { describe, expect, it } from "vitest";
import {
  BROWSER_PASSWORD,
  type BrowserAccount,
  signInInBrowser,
  signUpInBrowser,
} from "@/tests/support/clients/browser-accounts";
import { openTab, saveName, visit, waitForHydration } from "@/tests/support/clients/browser-pages";
import { startBrowserTests } from "@/tests/support/clients/browser-tests";

/** Sessions in Chromium: several browsers and tabs, expired tokens, and a server that does not respond. */

const { app, openContext } = await startBrowserTests();

/** A user who is signed in in this many browsers. */
async function signInUser(browsers: number): Promise<{ account: BrowserAccount; each: BrowserContext[] }> {
  const first = await openContext();
  const account = await signUpInBrowser(first);
  const each = [first];
  while (each.length < browsers) {
    const next = await openContext();
    expect(await signInInBrowser(next, account)).toBe(200);
    each.push(next);
  }
  return { account, each };
}

/** Opens a page and waits until it has refreshed its token. */
async function openRefreshed(context: BrowserContext, path: string): Promise<Page> {
  const page = await context.newPage();
  const answer = refreshResponse(page);
  await visit(page, path);
  expect((await answer).status()).toBe(200);
  return page;
}

/** Blocks the event stream, so that a page notices a revocation only by its own calls. */
const withoutStream = (context: BrowserContext) => context.route("**/api/realtime**", () => undefined);

/** Makes the browser lose its access token, as if it had expired. */
const expire = (context: BrowserContext) => context.clearCookies({ name: "nd_access" });

const status = async (context: BrowserContext) =>
  (await context.request.get("/api/me", { maxRetries: 2 })).status();

function callsTo(page: Page, path: string): Request[] {
  const calls: Request[] = [];
  page.on("request", (request) => {
    if (new URL(request.url()).pathname === path) calls.push(request);
  });
  return calls;
}

const refreshResponse = (page: Page) =>
  page.waitForResponse((response) => response.url().endsWith("/api/auth/refresh"));

describe("signing out other devices", () => {
  it("is immediate: the other browser's next request gets 401, and its page signs out and keeps the draft", async () => {
    const { account, each } = await signInUser(3);
    const [here, there, third] = each as [BrowserContext, BrowserContext, BrowserContext];
    const writing = await openTab(there, "/posts/new");
    await writing.getByLabel("Title").fill("Half a thought");
    const devices = await openTab(here, "/me/devices");
    expect(await devices.getByRole("heading", { level: 2 }).allTextContents()).toContain("2 other devices");
    await devices.getByText("This device").waitFor();
    await devices.getByRole("button", { name: "Sign out all other devices" }).click();
    await devices.getByText("You're only signed in here.").waitFor();
    expect(await devices.getByRole("status").allTextContents()).toContain("2 devices signed out");

    expect(await Promise.all([status(here), status(there), status(third)])).toEqual([200, 401, 401]);
    // Without any input: the page got the event.
    await writing.waitForURL(/\/sign-in\?/);
    await writing.getByText("Your session on this device has ended.").waitFor();
    expect(new URL(writing.url()).searchParams.get("next")).toBe("/posts/new");
    await writing.getByLabel("Email").fill(account.email);
    await writing.getByLabel("Password", { exact: true }).fill(BROWSER_PASSWORD);
    await writing.locator("form").getByRole("button", { name: "Sign in" }).click();
    await writing.waitForURL("**/posts/new");
    await expect.poll(() => writing.getByLabel("Title").inputValue()).toBe("Half a thought");
  });

  it("works for one device at a time with the keyboard, and each device's open page signs out", async () => {
    const { each } = await signInUser(3);
    const [here, there, third] = each as [BrowserContext, BrowserContext, BrowserContext];
    const page = await openTab(there, "/me");
    const devices = await openTab(here, "/me/devices");
    for (const left of ["1 other device", "No other devices"]) {
      const button = devices.getByRole("button", { name: /^Sign out: / }).first();
      await button.focus();
      await devices.keyboard.press("Enter");
      await devices.getByRole("heading", { name: left }).waitFor();
      // the row that had the focus was removed
      expect(await devices.evaluate(() => document.activeElement?.id)).toBe("other-devices");
    }
    expect(await Promise.all([status(here), status(there), status(third)])).toEqual([200, 401, 401]);
    await page.waitForURL(/\/sign-in\?/);
    await page.getByText("Your session on this device has ended.").waitFor();
  });

  it("shows a failure and keeps the device in the list", async () => {
    const { each } = await signInUser(2);
    const [here, there] = each as [BrowserContext, BrowserContext];
    const devices = await openTab(here, "/me/devices");
    await here.setOffline(true);
    await devices.getByRole("button", { name: /^Sign out: / }).click();
    await devices.getByText("the device is still signed in").waitFor();
    await here.setOffline(false);
    expect(await status(there)).toBe(200);
    await devices.getByRole("button", { name: /^Sign out: / }).click();
    await devices.getByRole("heading", { name: "No other devices" }).waitFor();
    expect(await status(there)).toBe(401);
  });

  it("on all devices ends this session too, and its other tabs follow", async () => {
    const { each } = await signInUser(2);
    const [here, there] = each as [BrowserContext, BrowserContext];
    const tab = await openTab(here, "/orders");
    const devices = await openTab(here, "/me/devices");
    await devices.getByRole("button", { name: "Sign out on all devices" }).click();
    await devices.waitForURL(app.url.concat("/"));
    await devices.getByRole("link", { name: "Sign in" }).first().waitFor();
    await tab.waitForURL(/\/sign-in\?next=%2Forders&ended=1/);
    expect(await Promise.all([status(here), status(there)])).toEqual([401, 401]);
  });

  it("signing out in one tab signs out the others, and the back button shows nothing private", async () => {
    const { account, each } = await signInUser(1);
    const [here] = each as [BrowserContext];
    const tab = await openTab(here, "/bonuses");
    const page = await openTab(here, "/me");
    await page.getByRole("main").getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(app.url.concat("/"));
    await tab.waitForURL(/\/sign-in\?next=%2Fbonuses/);
    await page.goBack();
    await waitForHydration(page);
    await expect.poll(() => page.url()).toContain("/sign-in");
    expect(await page.content()).not.toContain(account.email);
  });
});

describe("an expired access token", () => {
  it("does not matter: a page still shows the user, and a click still works", async () => {
    const { account, each } = await signInUser(1);
    const [here] = each as [BrowserContext];
    await withoutStream(here);
    await expire(here);
    const page = await here.newPage();
    const first = refreshResponse(page);
    await visit(page, "/me");
    expect(await page.getByRole("main").textContent()).toContain(account.email);
    expect((await first).status()).toBe(200);

    // the page assumes that its token is new, and refreshes it when the click gets a 401
    await expire(here);
    const refreshes = callsTo(page, "/api/auth/refresh");
    const saves = callsTo(page, "/api/me");
    await page.getByRole("textbox", { name: "Name" }).fill("Mira Kim-Lund");
    await saveName(page).click();
    await page.getByText("Name changed").waitFor();
    expect([saves.length, refreshes.length]).toEqual([2, 1]);
    expect(await status(here)).toBe(200);
  });

  it("is refreshed once for two tabs that need it concurrently, and both stay signed in", async () => {
    const { each } = await signInUser(1);
    const [here] = each as [BrowserContext];
    await withoutStream(here);
    const tabs = [await openRefreshed(here, "/me"), await openTab(here, "/me")];
    const refreshes = tabs.map((tab) => callsTo(tab, "/api/auth/refresh"));
    for (let round = 1; round <= 5; round++) {
      await expire(here);
      await Promise.all(
        tabs.map(async (tab, index) => {
          await tab.getByRole("textbox", { name: "Name" }).fill(`Name ${String(round)}${String(index)}`);
          await saveName(tab).click();
          await tab.getByText("Name changed").waitFor();
        }),
      );
    }
    expect(tabs.map((tab) => new URL(tab.url()).pathname)).toEqual(["/me", "/me"]);
    expect(refreshes.flat().length).toBeLessThanOrEqual(5);
    expect(await status(here)).toBe(200);
  });

  it("is refreshed concurrently by tabs that cannot coordinate, and all stay signed in", async () => {
    const { each } = await signInUser(1);
    const [here] = each as [BrowserContext];
    await here.addInitScript(() => {
      Object.defineProperty(Navigator.prototype, "locks", { value: undefined });
      Reflect.deleteProperty(Navigator.prototype, "locks");
      Reflect.deleteProperty(globalThis, "BroadcastChannel");
      Object.defineProperty(globalThis, "localStorage", {
        get: () => {
          throw new Error("closed");
        },
      });
    });
    await withoutStream(here);
    const tabs: Page[] = [];
    while (tabs.length < 3) tabs.push(await openRefreshed(here, "/me"));
    const ownRefreshes = tabs.map((tab) => callsTo(tab, "/api/auth/refresh"));
    for (let round = 0; round < 3; round++) {
      await expire(here);
      const statuses = await Promise.all(
        tabs.map((tab) =>
          tab.evaluate(async () => {
            const answer = await fetch("/api/auth/refresh", {
              method: "POST",
              headers: { "content-type": "application/json" },
              body: "{}",
            });
            return answer.status;
          }),
        ),
      );
      expect(statuses).toEqual([200, 200, 200]);
      expect(await status(here)).toBe(200);
    }
    expect(tabs.map((tab) => new URL(tab.url()).pathname)).toEqual(["/me", "/me", "/me"]);
    // Those of the rounds above, and none that a page repeats because it cannot store when it renewed its token.
    expect(ownRefreshes.map((calls) => calls.length)).toEqual([3, 3, 3]);
  });

  it("does not sign out while the server cannot refresh it, and the click can be repeated", async () => {
    const { each } = await signInUser(1);
    const [here] = each as [BrowserContext];
    const page = await openTab(here, "/me");
    await page.waitForLoadState("networkidle");
    await page.route("**/api/auth/refresh", (route) => route.fulfill({ status: 503, body: "{}" }));
    await expire(here);
    await page.getByRole("textbox", { name: "Name" }).fill("Kept name");
    await saveName(page).click();
    await page.getByText("Can't reach the server.").waitFor();
    expect(new URL(page.url()).pathname).toBe("/me");
    expect(await page.getByRole("textbox", { name: "Name" }).inputValue()).toBe("Kept name");
    await page.unroute("**/api/auth/refresh");
    await saveName(page).click();
    await page.getByText("Name changed").waitFor();
  });
});

describe("a page of another user", () => {
  it("is rendered again when another user signs in in another tab", async () => {
    const { each } = await signInUser(1);
    const [here] = each as [BrowserContext];
    const otherContext = await openContext();
    const other = await signUpInBrowser(otherContext, "Somebody Else");
    const page = await openTab(here, "/me");
    const signInTab = await here.newPage();
    await here.request.post("/api/auth/sign-out", { data: {} });
    await visit(signInTab, "/sign-in");
    await signInTab.getByLabel("Email").fill(other.email);
    await signInTab.getByLabel("Password", { exact: true }).fill(BROWSER_PASSWORD);
    await signInTab.locator("form").getByRole("button", { name: "Sign in" }).click();
    await signInTab.waitForURL(app.url.concat("/"));
    await page.getByRole("main").getByText(other.email).waitFor();
  });
});
