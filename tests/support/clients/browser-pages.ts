import type { BrowserContext, Page, Response } from "playwright-core";

/** Opens pages of the app as a user sees them when they are ready: a click before React has hydrated does nothing. */

/** Waits until React has hydrated every button of the page. */
export async function waitForHydration(page: Page): Promise<void> {
  // React sets `__reactProps…` on elements that it has hydrated.
  await page.waitForFunction(() =>
    [...document.querySelectorAll("main button")].every((button) =>
      Object.keys(button).some((key) => key.startsWith("__reactProps")),
    ),
  );
}

/** Opens an address in the tab. Not for a browser without scripts, whose pages are never hydrated. */
export async function visit(page: Page, path: string): Promise<Response | null> {
  const response = await page.goto(path);
  await waitForHydration(page);
  return response;
}

/** Opens an address in a new tab. */
export async function openTab(context: BrowserContext, path: string): Promise<Page> {
  const page = await context.newPage();
  await visit(page, path);
  return page;
}

/** The button that saves the name on the account's page, which has other forms. */
export const saveName = (page: Page) =>
  page
    .locator("form")
    .filter({ has: page.locator('input[name="name"]') })
    .getByRole("button", { name: "Save" });

/** Prints what the open pages show, for a test that failed. */
export async function describePages(contexts: readonly BrowserContext[]): Promise<void> {
  for (const page of contexts.flatMap((context) => context.pages())) {
    // biome-ignore lint/performance/useDomNodeTextContent: only what is visible
    const text = await page.evaluate(() => document.body.innerText).catch(String);
    process.stderr.write(`${page.url()} shows:\n${text}\n`);
  }
}
