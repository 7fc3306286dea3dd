import type { Browser, BrowserContext, Page, Request } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  BROWSER_PASSWORD,
  type BrowserAccount,
  openContext,
  openTab,
  signInInBrowser,
  signUpInBrowser,
} from "@/tests/support/clients/browser-accounts";
import type { App } from "@/tests/support/processes/running-app";
import { workerApp, workerBrowser } from "@/tests/support/processes/worker";

/** Sessions in Chromium: several browsers, several tabs, tokens that run out, and a server that does not answer. */

let app: App;
let browser: Browser;
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  [app, browser] = await Promise.all([workerApp(), workerBrowser()]);
});
afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()));
});
afterAll(async () => {
  await browser?.close();
});

async function newContext(): Promise<BrowserContext> {
  const context = await openContext(browser, app);
  contexts.push(context);
  return context;
}

/** Somebody signed in, in as many browsers as said. */
async function somebodyIn(browsers: number): Promise<{ account: BrowserAccount; each: BrowserContext[] }> {
  const first = await newContext();
  const account = await signUpInBrowser(first);
  const each = [first];
  while (each.length < browsers) {
    const next = await newContext();
    expect(await signInInBrowser(next, account)).toBe(200);
    each.push(next);
  }
  return { account, each };
}

/** Opens a page that knows nothing of a token yet, and waits until it has one of its own. */
async function openRenewed(context: BrowserContext, path: string): Promise<Page> {
  const page = await context.newPage();
  const answer = renewed(page);
  await page.goto(path);
  expect((await answer).status()).toBe(200);
  return page;
}

/** The event stream does not come about: a page finds out by its own calls. */
const withoutStream = (context: BrowserContext) => context.route("**/api/realtime**", () => undefined);

/** The access token has run out. */
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

const renewed = (page: Page) =>
  page.waitForResponse((response) => response.url().endsWith("/api/auth/refresh"));

describe("signing out other devices", () => {
  it("is at once: the other browser's next request is 401, and its page signs itself out and keeps the draft", async () => {
    const { account, each } = await somebodyIn(3);
    const [here, there, third] = each as [BrowserContext, BrowserContext, BrowserContext];
    const writing = await openTab(there, "/posts/new");
    await writing.getByLabel("Title").fill("Half a thought");
    const devices = await openTab(here, "/me/devices");
    expect(await devices.getByRole("heading", { level: 2 }).allTextContents()).toContain("2 other devices");
    await devices.getByText("This device").waitFor();
    await devices.getByRole("button", { name: "Sign out all others" }).click();
    await devices.getByText("You are signed in here alone.").waitFor();
    expect(await devices.getByRole("status").allTextContents()).toContain("2 devices signed out");

    expect(await Promise.all([status(here), status(there), status(third)])).toEqual([200, 401, 401]);
    // Nobody has touched it: it heard of it.
    await writing.waitForURL(/\/sign-in\?/);
    await writing.getByText("The session on this device is over.").waitFor();
    expect(new URL(writing.url()).searchParams.get("next")).toBe("/posts/new");
    await writing.getByLabel("Email").fill(account.email);
    await writing.getByLabel("Password", { exact: true }).fill(BROWSER_PASSWORD);
    await writing.locator("form").getByRole("button", { name: "Sign in" }).click();
    await writing.waitForURL("**/posts/new");
    await expect.poll(() => writing.getByLabel("Title").inputValue()).toBe("Half a thought");
  });

  it("is one device at a time by keyboard, and the open page of each leaves by itself", async () => {
    const { each } = await somebodyIn(3);
    const [here, there, third] = each as [BrowserContext, BrowserContext, BrowserContext];
    const page = await openTab(there, "/me");
    const devices = await openTab(here, "/me/devices");
    for (const left of ["1 other device", "No other devices"]) {
      const button = devices.getByRole("button", { name: /^Sign out: / }).first();
      await button.focus();
      await devices.keyboard.press("Enter");
      await devices.getByRole("heading", { name: left }).waitFor();
      // the row that had the focus is gone
      expect(await devices.evaluate(() => document.activeElement?.id)).toBe("other-devices");
    }
    expect(await Promise.all([status(here), status(there), status(third)])).toEqual([200, 401, 401]);
    await page.waitForURL(/\/sign-in\?/);
    await page.getByText("The session on this device is over.").waitFor();
  });

  it("says when it did not work, and leaves the device in the list", async () => {
    const { each } = await somebodyIn(2);
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

  it("everywhere ends this one as well, and its other tabs follow", async () => {
    const { each } = await somebodyIn(2);
    const [here, there] = each as [BrowserContext, BrowserContext];
    const tab = await openTab(here, "/orders");
    const devices = await openTab(here, "/me/devices");
    await devices.getByRole("button", { name: "Sign out on all devices" }).click();
    await devices.waitForURL(app.url.concat("/"));
    await devices.getByRole("link", { name: "Sign in" }).first().waitFor();
    await tab.waitForURL(/\/sign-in\?next=%2Forders&ended=1/);
    expect(await Promise.all([status(here), status(there)])).toEqual([401, 401]);
  });

  it("signing out in one tab signs out the others, and nothing private comes back with the back button", async () => {
    const { account, each } = await somebodyIn(1);
    const [here] = each as [BrowserContext];
    const tab = await openTab(here, "/bonuses");
    const page = await openTab(here, "/me");
    await page.getByRole("main").getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(app.url.concat("/"));
    await tab.waitForURL(/\/sign-in\?next=%2Fbonuses/);
    await page.goBack();
    await expect.poll(() => page.url()).toContain("/sign-in");
    expect(await page.content()).not.toContain(account.email);
  });
});

describe("an access token that has run out", () => {
  it("is no matter: a page still shows the person, and a click still works", async () => {
    const { account, each } = await somebodyIn(1);
    const [here] = each as [BrowserContext];
    await withoutStream(here);
    await expire(here);
    const page = await here.newPage();
    const first = renewed(page);
    await page.goto("/me");
    expect(await page.getByRole("main").textContent()).toContain(account.email);
    expect((await first).status()).toBe(200);

    // the page believes its token to be new; what it finds out at the click it sees to itself
    await expire(here);
    const refreshes = callsTo(page, "/api/auth/refresh");
    const saves = callsTo(page, "/api/me");
    await page.getByRole("textbox", { name: "Name" }).fill("Mira Kim-Lund");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Your name is changed").waitFor();
    expect([saves.length, refreshes.length]).toEqual([2, 1]);
    expect(await status(here)).toBe(200);
  });

  it("is renewed once for two tabs that need it at once, and signs nobody out", async () => {
    const { each } = await somebodyIn(1);
    const [here] = each as [BrowserContext];
    await withoutStream(here);
    const tabs = [await openRenewed(here, "/me"), await openTab(here, "/me")];
    const refreshes = tabs.map((tab) => callsTo(tab, "/api/auth/refresh"));
    for (let round = 1; round <= 5; round++) {
      await expire(here);
      await Promise.all(
        tabs.map(async (tab, place) => {
          await tab.getByRole("textbox", { name: "Name" }).fill(`Name ${String(round)}${String(place)}`);
          await tab.getByRole("button", { name: "Save" }).click();
          await tab.getByText("Your name is changed").waitFor();
        }),
      );
    }
    expect(tabs.map((tab) => new URL(tab.url()).pathname)).toEqual(["/me", "/me"]);
    expect(refreshes.flat().length).toBeLessThanOrEqual(5);
    expect(await status(here)).toBe(200);
  });

  it("is renewed twice at once where tabs cannot agree, and that signs nobody out either", async () => {
    const { each } = await somebodyIn(1);
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
    while (tabs.length < 3) tabs.push(await openRenewed(here, "/me"));
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
  });

  it("stays what it is while the server cannot renew it: nobody is signed out, and the click can be repeated", async () => {
    const { each } = await somebodyIn(1);
    const [here] = each as [BrowserContext];
    const page = await openTab(here, "/me");
    await page.waitForLoadState("networkidle");
    await page.route("**/api/auth/refresh", (route) => route.fulfill({ status: 503, body: "{}" }));
    await expire(here);
    await page.getByRole("textbox", { name: "Name" }).fill("Kept name");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("The server cannot be reached.").waitFor();
    expect(new URL(page.url()).pathname).toBe("/me");
    expect(await page.getByRole("textbox", { name: "Name" }).inputValue()).toBe("Kept name");
    await page.unroute("**/api/auth/refresh");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Your name is changed").waitFor();
  });
});

describe("a page that is another person's now", () => {
  it("is rendered anew when somebody else signs in in another tab", async () => {
    const { each } = await somebodyIn(1);
    const [here] = each as [BrowserContext];
    const elsewhere = await newContext();
    const other = await signUpInBrowser(elsewhere, "Somebody Else");
    const page = await openTab(here, "/me");
    const door = await here.newPage();
    await here.request.post("/api/auth/sign-out", { data: {} });
    await door.goto("/sign-in");
    await door.getByLabel("Email").fill(other.email);
    await door.getByLabel("Password", { exact: true }).fill(BROWSER_PASSWORD);
    await door.locator("form").getByRole("button", { name: "Sign in" }).click();
    await door.waitForURL(app.url.concat("/"));
    await page.getByRole("main").getByText(other.email).waitFor();
  });
});
