import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { seriousViolations } from "@/tests/support/clients/browser";
import { signInAsDemo } from "@/tests/support/clients/browser-accounts";
import { startBrowserTests } from "@/tests/support/clients/browser-tests";
import { demoPath, pagePatterns } from "@/tests/support/clients/page-patterns";

/** Every page on the narrowest screen, and zoomed. */

const { database, openContext } = await startBrowserTests();

const ALL_PAGES_LIMIT_MS = 300_000;
/** A phone of 320 px, as wide as a screen of 1280 px is at 400 %, and such a screen at 200 %. */
const WIDTHS = [320, 640];
/** The first demo user who sees more than a refusal. */
const userOf = (pattern: string) =>
  pattern.startsWith("/admin")
    ? "admin"
    : /^\/(bots|shop\/new|me|check-in)/.test(pattern)
      ? "artist"
      : "listener";

/** The elements that make a page wider than the screen. */
const tooWide = (page: Page) =>
  page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    return [...document.querySelectorAll("body *")]
      .filter((element) => element.getBoundingClientRect().right > clientWidth + 1)
      .slice(0, 3)
      .map(({ tagName, className }) => `${tagName.toLowerCase()} ${String(className).slice(0, 60)}`);
  });

it("every page fits in Russian, whose words are longer, and is accessible", {
  timeout: ALL_PAGES_LIMIT_MS,
}, async () => {
  const pages = new Map<string, Page>();
  for (const who of ["admin", "artist", "listener"] as const) {
    const context = await openContext({ locale: "ru-RU" });
    await signInAsDemo(context, who);
    pages.set(who, await context.newPage());
  }
  const problems: string[] = [];
  for (const pattern of pagePatterns()) {
    const page = pages.get(userOf(pattern));
    if (!page) throw new Error(`no page of ${userOf(pattern)}`);
    await page.setViewportSize({ width: 320, height: 640 });
    await page.goto(await demoPath(database, pattern));
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 640 });
      problems.push(...(await tooWide(page)).map((element) => `${pattern} at ${String(width)}: ${element}`));
    }
    problems.push(...(await seriousViolations(page)).map((violation) => `${pattern}: ${violation}`));
  }
  // As one text: the report of a failure abbreviates an array.
  expect(problems.join("\n")).toBe("");
});
