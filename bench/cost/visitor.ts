import type { Browser, BrowserContext, Page, Request } from "playwright-core";
import { openContext } from "@/tests/support/clients/browser-accounts";
import type { Stage } from "./stage";

/** A browser with the demo listener signed in on the sign-in page, as a person does it. */
export async function openSignedInContext(stage: Stage, browser: Browser): Promise<BrowserContext> {
  const context = await openContext(browser, stage);
  const page = await context.newPage();
  await page.goto("/sign-in");
  await page.getByLabel("Email").fill("listener@normaldance.test");
  await page.getByLabel("Password", { exact: true }).fill("normaldance");
  await page.locator("form").getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname === "/");
  await stage.waitForQuiet();
  await page.close();
  return context;
}

/** Opens a page in a new tab and waits until its stream is requested. @returns the tab, and what it has requested so far */
export async function visit(
  context: BrowserContext,
  path: string,
): Promise<{ page: Page; requests: Request[] }> {
  const page = await context.newPage();
  const requests: Request[] = [];
  page.on("request", (request) => requests.push(request));
  const streamRequest = page.waitForRequest((request) => new URL(request.url()).pathname === "/api/realtime");
  await page.goto(path);
  await streamRequest;
  return { page, requests };
}

/** Requests to our own API, and repeated ones for the page itself, by path. */
export function ownRequests(stage: Stage, requests: readonly Request[]): string[] {
  return requests.flatMap((request) => {
    const url = new URL(request.url());
    if (url.origin !== stage.url || request.isNavigationRequest()) return [];
    const isPage = url.searchParams.has("_rsc") || request.headers().rsc !== undefined;
    return url.pathname.startsWith("/api/") || isPage ? [isPage ? `page ${url.pathname}` : url.pathname] : [];
  });
}

/** `/api/chats 2, /api/presence` */
export function countNames(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => (count === 1 ? name : `${name} ${count}`)).join(", ");
}
