import { setTimeout as delay } from "node:timers/promises";
import type { Browser, Request } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openContext, signUpInBrowser } from "@/tests/support/clients/browser-accounts";
import { waitUntil } from "@/tests/support/clients/wait-until";
import type { App } from "@/tests/support/processes/running-app";
import { workerApp, workerBrowser } from "@/tests/support/processes/worker";

/** What a page requests by itself, as `npm run bench:cost` prints it. */

let app: App;
let browser: Browser;

beforeAll(async () => {
  [app, browser] = await Promise.all([workerApp(), workerBrowser()]);
});
afterAll(async () => {
  await browser?.close();
});

const TEST_LIMIT_MS = 120_000;
/** Longer than the delays with which a page reacts to its stream. */
const REACTION_MS = 5_000;
const pathOf = (request: Request) => new URL(request.url()).pathname;

describe("a page", { timeout: TEST_LIMIT_MS }, () => {
  it("opens its stream and asks for nothing that its document carried", async () => {
    const context = await openContext(browser, app);
    await signUpInBrowser(context);
    // The token of a sign-in without a page is renewed by the first one, and a channel's first stream begins its log.
    const earlier = await context.newPage();
    const streamRequest = earlier.waitForRequest((request) => pathOf(request) === "/api/realtime");
    await earlier.goto("/");
    await streamRequest;
    await delay(REACTION_MS);
    await earlier.close();

    const page = await context.newPage();
    const requests: string[] = [];
    page.on("request", (request) => {
      if (request.url().startsWith(`${app.url}/api/`) || request.url().includes("_rsc="))
        requests.push(pathOf(request));
    });
    await page.goto("/");
    await waitUntil("the stream is requested", () => requests.includes("/api/realtime"));
    await delay(REACTION_MS);
    // Views of posts that the earlier page has not shown are what a viewer causes, not the page.
    expect(requests.filter((path) => path !== "/api/posts/views-batch")).toEqual(["/api/realtime"]);
    await context.close();
  });

  it("in Russian loads no font for the ruble sign alone", async () => {
    const context = await openContext(browser, app, { locale: "ru-RU" });
    const page = await context.newPage();
    const fonts: string[] = [];
    page.on("request", (request) => {
      if (request.resourceType() === "font") fonts.push(pathOf(request));
    });
    await page.goto("/shop");
    await page.getByText("₽").first().waitFor();
    await page.evaluate(() => document.fonts.ready);
    expect(fonts.length).toBeGreaterThan(0);
    expect(fonts.filter((path) => path.includes("latin-ext"))).toEqual([]);
    await context.close();
  });
});
