import type { Page } from "playwright-core";
import { beforeAll, expect, it } from "vitest";
import { newId } from "@/lib/core/ids";
import { seriousViolations } from "@/tests/support/clients/browser";
import { signUpInBrowser } from "@/tests/support/clients/browser-accounts";
import { openTab, visit, waitForHydration } from "@/tests/support/clients/browser-pages";
import { startBrowserTests } from "@/tests/support/clients/browser-tests";
import { waitUntil } from "@/tests/support/clients/wait-until";

/** The command menu by keyboard and by touch, the search's page with and without scripts, and a tag's page. */

const { app, openContext } = await startBrowserTests();

/** Of this file alone. */
const word = `zur${newId()
  .slice(-6)
  .replaceAll(/\d/g, (digit) => "abcdefghij"[Number(digit)] ?? "a")}`;
let postId: string;

const TEST_LIMIT_MS = 120_000;
const phone = { viewport: { width: 390, height: 844 } };

beforeAll(async () => {
  const context = await openContext();
  await signUpInBrowser(context, `Ilya ${word}`);
  for (const title of [`The ${word} line`, `Ночной ${word} экспресс`]) {
    const data = { title, tags: [`${word} ё`, "night"] };
    const response = await context.request.post("/api/posts", { data });
    ({ id: postId } = (await response.json()).post);
  }
  await context.close();
});

const field = (page: Page) => page.getByRole("combobox");
const markedText = (page: Page) => page.getByRole("option", { selected: true }).textContent();

/** Presses the keys until the page, whose scripts may still be loading, has opened the menu. */
async function openByKeys(page: Page): Promise<void> {
  await waitUntil("the menu is open", async () => {
    await page.keyboard.press("Control+KeyK");
    return field(page)
      .waitFor({ timeout: 1_000 })
      .then(
        () => true,
        () => false,
      );
  });
}

it("the menu finds a post by keyboard alone, and returns the focus", { timeout: TEST_LIMIT_MS }, async () => {
  const context = await openContext();
  const page = await openTab(context, "/shop");
  const searches: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/api/search")) searches.push(request.url());
  });
  const loaded = await page.evaluate(() => performance.getEntriesByType("resource").length);
  expect(loaded).toBeGreaterThan(0);
  await openByKeys(page);
  expect(await page.getByRole("option").first().textContent()).toBe("Feed");
  expect(await seriousViolations(page)).toEqual([]);
  await page.keyboard.press("ArrowDown");
  expect(await markedText(page)).toBe("Chat");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  expect(await markedText(page)).toBe("API");

  await page.keyboard.type(`${word} expr`);
  await page.getByText("Nothing found").waitFor();
  // One request for all that was typed without a pause, or a few on a slow machine.
  expect(searches.length).toBeLessThan(8);
  await field(page).fill(`ночные ${word}`);
  await page.getByRole("option", { name: `Ночной ${word} экспресс` }).waitFor();
  expect(await markedText(page)).toContain(`Ночной ${word} экспресс`);
  expect(await field(page).getAttribute("aria-activedescendant")).toBe(
    await page.getByRole("option", { selected: true }).getAttribute("id"),
  );
  expect(await seriousViolations(page)).toEqual([]);
  // Chooses a word of an input method, which is not the menu's.
  await field(page).evaluate((input) =>
    input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true })),
  );
  expect(new URL(page.url()).pathname).toBe("/shop");
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/posts/${postId}`);
  expect(await page.getByRole("dialog").count()).toBe(0);

  await openByKeys(page);
  await page.keyboard.type("sho");
  await page.getByRole("option", { name: "Shop" }).waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL(`${app.url}/shop`);
  await openByKeys(page);
  await page.keyboard.press("Escape");
  await waitUntil("the menu is closed", async () => (await page.getByRole("dialog").count()) === 0);
  await context.close();
});

it("on a phone the button opens the menu, and all results are a page", {
  timeout: TEST_LIMIT_MS,
}, async () => {
  const context = await openContext(phone);
  const page = await openTab(context, "/");
  const button = page.getByRole("banner").getByRole("link", { name: "Search" });
  await button.click();
  await field(page).fill(word);
  await page.getByRole("option", { name: `@ilya-${word}` }).waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  await page.getByRole("option", { name: "All results" }).click();
  await page.waitForURL(`**/search?q=${word}`);
  await page.getByRole("heading", { name: "People" }).waitFor();
  expect(
    await page
      .getByRole("main")
      .getByRole("link", { name: `The ${word} line` })
      .count(),
  ).toBe(1);
  expect(await seriousViolations(page)).toEqual([]);
  const row = page
    .getByRole("listitem")
    .filter({ has: page.getByRole("link", { name: `The ${word} line` }) });
  const author = row.getByRole("link", { name: `Ilya ${word}` });
  expect(await author.getAttribute("href")).toBe(`/u/ilya-${word}`);
  expect((await author.boundingBox())?.height).toBeGreaterThanOrEqual(24);
  await author.click();
  await page.waitForURL(`**/u/ilya-${word}`);
  await page.goBack();
  // Beside the words: at the row's picture.
  await row.click({ position: { x: 30, y: 30 } });
  await page.waitForURL(/\/posts\//);
  await page.goBack();
  await page.getByRole("link", { name: `${word} е` }).click();
  await page.waitForURL(/\/tags\//);
  await waitForHydration(page);
  expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe(`#${word} е`);
  await context.close();
});

it("the page of the search works without scripts, and is in no index", {
  timeout: TEST_LIMIT_MS,
}, async () => {
  const context = await openContext({ javaScriptEnabled: false, locale: "ru-RU" });
  const page = await context.newPage();
  await page.goto("/");
  await page.getByRole("banner").getByRole("link", { name: "Поиск" }).first().click();
  await page.waitForURL("**/search");
  await page.getByRole("searchbox").fill(`ночным ${word}ом`);
  await page.getByRole("button", { name: "Найти" }).click();
  await page.getByRole("heading", { name: "Ничего не нашлось" }).waitFor();
  await page.getByRole("searchbox").fill(`Ночных ${word}`);
  await page.getByRole("button", { name: "Найти" }).click();
  await page.getByRole("link", { name: `Ночной ${word} экспресс` }).waitFor();
  expect(await page.locator('meta[name="robots"]').getAttribute("content")).toContain("noindex");
  for (const q of ["%00", "x".repeat(1_000), "%26%7C!%3A*'%5C", "%F0%9F%94%A5", ""])
    expect([q, (await page.goto(`/search?q=${q}`))?.status()]).toEqual([q, 200]);
  await context.close();
});

it("a tag on a card leads to its posts, and any writing of it to the same", {
  timeout: TEST_LIMIT_MS,
}, async () => {
  const context = await openContext();
  const page = await openTab(context, `/posts/${postId}`);
  await page
    .getByRole("main")
    .getByRole("link", { name: `${word} ё` })
    .click();
  await page.waitForURL(/\/tags\//);
  await page.getByRole("link", { name: `The ${word} line` }).waitFor();
  const canonical = await page.locator('link[rel="canonical"]').getAttribute("href");
  expect(canonical).toBe(`${app.url}/tags/${encodeURIComponent(`${word} е`)}`);
  await visit(page, `/tags/${encodeURIComponent(`${word.toUpperCase()} Ё`.normalize("NFD"))}`);
  expect(await page.getByRole("main").getByRole("article").count()).toBe(2);
  expect(await page.locator('link[rel="canonical"]').getAttribute("href")).toBe(canonical);
  expect(await page.locator('meta[name="robots"]').count()).toBe(0);
  expect(await seriousViolations(page)).toEqual([]);
  await visit(page, `/tags/${word}-none`);
  await page.getByRole("heading", { name: "Nothing under this tag" }).waitFor();
  expect((await page.goto(`/tags/${"x".repeat(30)}`))?.status()).toBe(404);
  await context.close();
});
