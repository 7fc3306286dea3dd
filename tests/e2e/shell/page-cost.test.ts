import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { Request } from "playwright-core";
import { describe, expect, it } from "vitest";
import type messages from "@/app/i18n/messages/ru.json";
import { signUpInBrowser } from "@/tests/support/clients/browser-accounts";
import { startBrowserTests } from "@/tests/support/clients/browser-tests";
import { frameworkFiles, kilobytes, recordTransfers } from "@/tests/support/clients/transfers";
import { waitUntil } from "@/tests/support/clients/wait-until";

/** What a page requests by itself, as `npm run bench:cost` prints it. */

const { app, openContext } = await startBrowserTests();

const TEST_LIMIT_MS = 120_000;
/** Longer than the delays with which a page reacts to its stream. */
const REACTION_MS = 5_000;
/** What `npm run bench:cost` measures for the feed is a little more, by its posts. */
const MAX_DOCUMENT_KB = 18;
const MAX_OWN_SCRIPTS_KB = 32;
const MAX_FONTS_KB = 83;
const MAX_REQUESTS = 18;
const pathOf = (request: Request) => new URL(request.url()).pathname;

describe("a page", { timeout: TEST_LIMIT_MS }, () => {
  it("opens its stream and asks for nothing that its document carried", async () => {
    const context = await openContext({ serviceWorkers: "allow" });
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
        requests.push(`${request.method()} ${request.url().slice(app.url.length)}`);
    });
    await page.goto("/");
    const isStream = (request: string) => request.startsWith("GET /api/realtime?");
    await waitUntil("the stream is requested", () => requests.some(isStream));
    await delay(REACTION_MS);
    const [stream] = requests.filter(isStream);
    // What the viewer or the time causes, not the page: views of posts that the earlier page has not shown, and the
    // answer to a heartbeat, which an instance sends by its own clock.
    const others = ["POST /api/posts/views-batch", "POST /api/realtime"];
    expect(requests.filter((request) => !others.includes(request))).toEqual([stream]);
    await context.close();
  });

  it("in Russian loads no font for the ruble sign alone", async () => {
    const context = await openContext({ locale: "ru-RU", serviceWorkers: "allow" });
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

  it("loads no more than it may before it is scrolled", async () => {
    const context = await openContext({ locale: "ru-RU", serviceWorkers: "allow" });
    await signUpInBrowser(context);
    const page = await context.newPage();
    await page.setViewportSize({ width: 412, height: 823 });
    const transfers = await recordTransfers(page);
    const streamRequest = page.waitForRequest((request) => pathOf(request) === "/api/realtime");
    await page.goto("/leaderboards");
    await streamRequest;
    await page.evaluate(() => document.fonts.ready);
    await delay(REACTION_MS);
    const all = transfers();
    const isFramework = frameworkFiles();
    const of = (kind: string) => all.filter((transfer) => transfer.kind === kind);
    const own = of("Script").filter(({ url }) => !isFramework(url));
    const pictures = all.filter(({ kind }) => kind === "Image" || kind === "Media");
    expect(of("Document")).toHaveLength(1);
    expect(
      [
        ["document", kilobytes(of("Document")), MAX_DOCUMENT_KB],
        ["own scripts", kilobytes(own), MAX_OWN_SCRIPTS_KB],
        ["fonts", kilobytes(of("Font")), MAX_FONTS_KB],
        ["requests", all.length - pictures.length, MAX_REQUESTS],
      ].filter(([, is, limit]) => Number(is) > Number(limit)),
    ).toEqual([]);
    await context.close();
  });

  it("carries its own texts and no drawing", async () => {
    const response = await fetch(`${app.url}/`, { headers: { "accept-language": "ru" } });
    const document = await response.text();
    const catalogue = JSON.parse(readFileSync("app/i18n/messages/ru.json", "utf8")) as typeof messages;
    expect(document).toContain(catalogue.postList.more);
    expect(document).not.toContain(catalogue.chat.welcomeTitle);
    expect(document).not.toContain(catalogue.newPost.lead);
    expect(document).not.toContain('viewBox="0 0 400 400"');
  });

  it.each(["/", "/shop"])("requests the first cover of %s at once", async (path) => {
    const document = await (await fetch(app.url + path)).text();
    const [cover = ""] = /<img[^>]*>/.exec(document) ?? [];
    expect(cover).toContain('loading="eager"');
    expect(cover).toContain('fetchPriority="high"');
  });
});
