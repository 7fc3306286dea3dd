import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signUpConfirmed, signUpInBrowser } from "@/tests/support/clients/browser-accounts";
import { openTab, visit, waitForHydration } from "@/tests/support/clients/browser-pages";
import { startBrowserTests } from "@/tests/support/clients/browser-tests";
import { type NextServer, startNextServer, withRedis } from "@/tests/support/processes/next-server";
import { type FaultProxy, startFaultProxy } from "@/tests/support/proxies/fault-proxy";

/** The frame of every page: its theme, its bars on a zoomed page, its dialogs, and what it shows in an outage. */

const { app, openContext } = await startBrowserTests();

/** Whether the page is painted dark or light. */
const paintedTheme = (page: Page) =>
  page.evaluate(() => {
    const canvas = document.createElement("canvas").getContext("2d");
    if (!canvas) throw new Error("no canvas");
    canvas.fillStyle = getComputedStyle(document.documentElement).backgroundColor;
    canvas.fillRect(0, 0, 1, 1);
    const [red = 0] = canvas.getImageData(0, 0, 1, 1).data;
    return red < 128 ? "dark" : "light";
  });

describe("the theme", () => {
  it("is the system's, with and without scripts, until the reader chooses one", async () => {
    for (const colorScheme of ["dark", "light"] as const) {
      for (const javaScriptEnabled of [true, false]) {
        const page = await (await openContext({ colorScheme, javaScriptEnabled })).newPage();
        await page.goto("/");
        expect([javaScriptEnabled, await paintedTheme(page)]).toEqual([javaScriptEnabled, colorScheme]);
      }
    }
    const page = await openTab(await openContext({ colorScheme: "light" }), "/");
    await page.getByRole("radio", { name: "Dark" }).first().click();
    await expect.poll(() => paintedTheme(page)).toBe("dark");
    // Decided before anything is painted: the document's own script is the first that runs.
    await page.addInitScript(() => {
      new MutationObserver((_, observer) => {
        if (!document.querySelector("main")) return;
        observer.disconnect();
        document.documentElement.dataset.first = document.documentElement.className;
      }).observe(document, { childList: true, subtree: true });
    });
    await page.reload();
    await waitForHydration(page);
    expect(await page.evaluate(() => document.documentElement.dataset.first)).toContain("dark");
    expect(await paintedTheme(page)).toBe("dark");
    await page.getByRole("radio", { name: "System" }).first().click();
    await expect.poll(() => paintedTheme(page)).toBe("light");
  });

  it("follows the system and another tab while the page is open, and what cannot be stored", async () => {
    const context = await openContext({ colorScheme: "light" });
    const page = await openTab(context, "/");
    await page.emulateMedia({ colorScheme: "dark" });
    await expect.poll(() => paintedTheme(page)).toBe("dark");

    const other = await openTab(context, "/");
    await other.getByRole("radio", { name: "Light" }).first().click();
    await expect.poll(() => paintedTheme(page)).toBe("light");

    await other.evaluate(() => {
      Storage.prototype.setItem = () => {
        throw new DOMException("full", "QuotaExceededError");
      };
    });
    await other.getByRole("radio", { name: "Dark" }).first().click();
    await expect.poll(() => paintedTheme(other)).toBe("dark");
    expect(await paintedTheme(page)).toBe("light");
  });
});

/** The bars' links whose text is cut off or stands over the next one. */
const overlapsInBars = (page: Page) =>
  page.evaluate(() => {
    const problems: string[] = [];
    const toEdges = ({ left, right }: DOMRect) => ({ left, right });
    for (const bar of document.querySelectorAll<HTMLElement>(".phone-bar")) {
      if (bar.scrollWidth > bar.clientWidth) problems.push(`${bar.tagName} is wider than the screen`);
      const edges = [...bar.querySelectorAll("a, button")]
        .filter((control) => control.checkVisibility())
        .flatMap((control) =>
          [...control.querySelectorAll("*")]
            .filter((part) => part.childElementCount === 0)
            .map((part) => ({ control, ...toEdges(part.getBoundingClientRect()) }))
            // Texts for screen readers alone are one pixel wide.
            .filter(({ left, right }) => right - left > 1),
        );
      for (const one of edges) {
        for (const other of edges) {
          if (one.control === other.control || one.left > other.left) continue;
          if (one.right > other.left + 0.5 && one.left < other.right)
            problems.push(`${one.control.textContent} over ${other.control.textContent}`);
        }
        if (one.left < 0 || one.right > innerWidth)
          problems.push(`${one.control.textContent} leaves the bar`);
      }
    }
    return problems;
  });

describe("the phone's bars", () => {
  it("fit on a narrow screen, at 200 % zoom and with text of twice the size, in both languages", async () => {
    for (const locale of ["ru-RU", "en-US"]) {
      const context = await openContext({ locale, viewport: { width: 390, height: 780 } });
      await signUpInBrowser(context);
      const page = await context.newPage();
      await visit(page, "/leaderboards");
      for (const [width, fontSize] of [
        [390, "100%"],
        [320, "100%"],
        [195, "100%"],
        [390, "200%"],
      ] as const) {
        await page.setViewportSize({ width, height: 780 });
        await page.evaluate((size) => {
          document.documentElement.style.fontSize = size;
        }, fontSize);
        expect([locale, width, fontSize, await overlapsInBars(page)]).toEqual([locale, width, fontSize, []]);
      }
    }
  });
});

describe("a dialog", () => {
  it("with a search opens with the focus on its field", async () => {
    const [context, other] = [await openContext(), await openContext()];
    const [, boris] = [await signUpConfirmed(context, app), await signUpInBrowser(other, "Boris Okay")];
    const response = await context.request.post("/api/chats", { data: { kind: "direct", userId: boris.id } });
    const page = await openTab(context, `/chat/${(await response.json()).chat.id}`);
    await page.getByRole("button", { name: "Search" }).click();
    await page.keyboard.type("lantern");
    expect(await page.getByRole("dialog").getByRole("searchbox").inputValue()).toBe("lantern");
  });
});

/** Time (ms) in which a page must say that nothing answers, and an allowance for a busy machine. */
const OUTAGE_LIMIT_MS = 3_000;
const NOISE_MS = 3_000;

describe("with neither Redis nor Postgres", () => {
  let redis: FaultProxy;
  let postgres: FaultProxy;
  let server: NextServer;

  beforeAll(async () => {
    const { UPSTASH_REDIS_REST_URL = "", UPSTASH_REDIS_REST_TOKEN = "", DATABASE_URL = "" } = app.env;
    const [redisUrl, databaseUrl] = [new URL(UPSTASH_REDIS_REST_URL), new URL(DATABASE_URL)];
    [redis, postgres] = (await Promise.all(
      [redisUrl, databaseUrl].map(({ hostname, port }) =>
        startFaultProxy({ host: hostname, port: Number(port) }),
      ),
    )) as [FaultProxy, FaultProxy];
    databaseUrl.host = `127.0.0.1:${String(postgres.port)}`;
    server = await startNextServer({
      ...withRedis(app.env, `http://127.0.0.1:${String(redis.port)}`, UPSTASH_REDIS_REST_TOKEN),
      DATABASE_URL: databaseUrl.href,
    });
  });
  afterAll(async () => {
    await server?.stop();
    await Promise.all([redis?.close(), postgres?.close()]);
  });

  it.each(["hang", "refuse"] as const)(
    "%s: pages say within three seconds that the service is unavailable, and keep the viewer signed in",
    async (mode) => {
      const context = await openContext({ baseURL: server.url });
      await signUpInBrowser(context);
      const page = await context.newPage();
      await visit(page, "/orders");
      await page.getByRole("heading", { level: 1, name: "Orders" }).waitFor();
      try {
        await Promise.all([redis.set(mode), postgres.set(mode)]);
        for (const path of [
          "/orders",
          "/me",
          "/chat",
          "/notifications",
          "/posts/01890000-0000-7000-8000-000000000000",
        ]) {
          const startedAt = performance.now();
          const response = await visit(page, path);
          await page.getByRole("heading", { level: 1, name: "Service unavailable" }).waitFor();
          expect([path, response?.status()]).toEqual([path, 500]);
          expect(performance.now() - startedAt, path).toBeLessThan(OUTAGE_LIMIT_MS + NOISE_MS);
          expect(new URL(page.url()).pathname).toBe(path);
          const main = page.getByRole("navigation", { name: "Main navigation" }).first();
          expect(await main.getByRole("link", { name: "Orders" }).isVisible()).toBe(true);
          expect(await main.getByRole("link", { name: "Sign in" }).count()).toBe(0);
        }
        await visit(page, "/orders");
        await page.getByRole("heading", { level: 1, name: "Service unavailable" }).waitFor();
      } finally {
        await Promise.all([redis.set("pass"), postgres.set("pass")]);
      }
      // Once a second, as a person would: a hundred a minute are allowed.
      const tryAgain = async () => {
        await page
          .getByRole("button", { name: "Try again" })
          .click({ timeout: 1_000 })
          .catch(() => {});
        return page.getByRole("heading", { level: 1 }).textContent();
      };
      await expect.poll(tryAgain, { interval: 1_000 }).toBe("Orders");
    },
  );
});
