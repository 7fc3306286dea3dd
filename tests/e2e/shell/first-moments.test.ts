import type { Page, Route } from "playwright-core";
import { describe, expect, it } from "vitest";
import { BROWSER_PASSWORD, signUpInBrowser } from "@/tests/support/clients/browser-accounts";
import { openTab } from "@/tests/support/clients/browser-pages";
import { startBrowserTests } from "@/tests/support/clients/browser-tests";
import { waitUntil } from "@/tests/support/clients/wait-until";

/** What a person presses on a slow network: before the page's scripts have arrived, and before the next page has. */

const { app, openContext } = await startBrowserTests();

/** Holds requests. @returns lets them and all later ones through */
async function hold(page: Page, matches: (url: URL) => boolean): Promise<() => void> {
  const held: Route[] = [];
  let isOpen = false;
  await page.route(matches, (route) => {
    if (isOpen) return route.continue();
    held.push(route);
    return undefined;
  });
  return () => {
    isOpen = true;
    for (const route of held.splice(0)) void route.continue();
  };
}

const isScript = (url: URL) =>
  url.pathname.startsWith("/_next/static/chunks/") && url.pathname.endsWith(".js");

describe("before the scripts have arrived", () => {
  it("a submitted form waits for them, keeps what was typed, and puts nothing into the address", async () => {
    const context = await openContext();
    const account = await signUpInBrowser(context);
    await context.clearCookies();
    const page = await context.newPage();
    const release = await hold(page, isScript);
    await page.goto("/sign-in", { waitUntil: "commit" });
    await page.getByLabel("Email").fill(account.email);
    await page.getByLabel("Password", { exact: true }).fill(BROWSER_PASSWORD);
    await page.getByLabel("Password", { exact: true }).press("Enter");
    const submit = page.locator("form").getByRole("button", { name: "Sign in" });
    expect(await submit.getAttribute("aria-busy")).toBe("true");
    expect(page.url()).toBe(`${app.url}/sign-in`);
    release();
    await expect.poll(() => page.url(), { timeout: 60_000 }).toBe(`${app.url}/`);
  });

  it("a pressed button shows that it waits, and acts when they have", async () => {
    const context = await openContext();
    const page = await context.newPage();
    const release = await hold(page, isScript);
    await page.goto("/sign-in", { waitUntil: "commit" });
    const password = page.getByLabel("Password", { exact: true });
    await password.fill("copper");
    const show = page.getByRole("button", { name: "Show password" });
    await show.click();
    expect(await show.getAttribute("aria-busy")).toBe("true");
    release();
    await page.getByRole("button", { name: "Hide password" }).waitFor();
    expect([await password.getAttribute("type"), await password.inputValue()]).toEqual(["text", "copper"]);
    expect(await page.locator("[aria-busy]").count()).toBe(0);
  });

  it("links and the settings work", async () => {
    const page = await (await openContext()).newPage();
    await page.setViewportSize({ width: 390, height: 780 });
    await hold(page, isScript);
    await page.goto("/", { waitUntil: "commit" });
    await page.getByRole("button", { name: "Appearance and language" }).click();
    await page.getByRole("dialog").getByRole("button", { name: /^RU/ }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("navigation").getByRole("link", { name: "Shop" }).click();
    await page.waitForURL(`${app.url}/shop`, { waitUntil: "commit" });
  });
});

describe("before the next page has arrived", () => {
  it("the tapped link shows it at once", async () => {
    const page = await openTab(await openContext(), "/");
    const release = await hold(page, (url) => url.searchParams.has("_rsc"));
    const link = page.getByRole("navigation").getByRole("link", { name: "Shop" }).first();
    const shownAfterMs = await link.evaluate(
      (element) =>
        new Promise<number>((resolve) => {
          const clickedAt = performance.now();
          const observer = new MutationObserver(() => {
            if (!element.querySelector(".link-pending")) return;
            observer.disconnect();
            resolve(performance.now() - clickedAt);
          });
          observer.observe(element, { childList: true });
          (element as HTMLElement).click();
        }),
    );
    // Measured inside the page; the allowance is for a busy machine.
    expect(shownAfterMs).toBeLessThan(1_000);
    expect(page.url()).toBe(`${app.url}/`);
    release();
    await page.waitForURL(`${app.url}/shop`);
    await waitUntil("the mark is gone", async () => (await page.locator(".link-pending").count()) === 0);
  });
});
