import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { seriousViolations } from "@/tests/support/clients/browser";
import { signUpInBrowser } from "@/tests/support/clients/browser-accounts";
import { openTab, visit, waitForHydration } from "@/tests/support/clients/browser-pages";
import { startBrowserTests } from "@/tests/support/clients/browser-tests";

/** An author's own post after it was published, on a narrow phone. */

const { app, openContext } = await startBrowserTests();

const TEST_LIMIT_MS = 120_000;
const phone = { viewport: { width: 390, height: 844 } };

const headline = (page: Page) => page.getByRole("heading", { level: 1 });

it("is edited, unlisted, shared and deleted by what is on the screen", {
  timeout: TEST_LIMIT_MS,
}, async () => {
  const context = await openContext({
    ...phone,
    permissions: ["clipboard-write", "clipboard-read"],
  });
  await signUpInBrowser(context, "Noor Vance");
  const data = { title: "First words", text: "Recorded at https://studio.example/a_(live), twice." };
  const published = await context.request.post("/api/posts", { data });
  const { id } = (await published.json()).post as { id: string };

  const page = await openTab(context, `/posts/${id}`);
  const link = page.getByRole("link", { name: "https://studio.example/a_(live)" });
  expect([await link.getAttribute("href"), await link.getAttribute("rel")]).toEqual([
    "https://studio.example/a_(live)",
    "noopener noreferrer nofollow ugc",
  ]);
  await page.getByRole("button", { name: "Share" }).click();
  const sheet = page.getByRole("dialog", { name: "Share" });
  await sheet.getByRole("button", { name: "Copy the address" }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(`${app.url}/posts/${id}`);
  expect(await sheet.getByRole("link", { name: "Telegram" }).getAttribute("href")).toContain(
    encodeURIComponent(`${app.url}/posts/${id}`),
  );
  expect(await seriousViolations(page)).toEqual([]);
  await page.keyboard.press("Escape");

  await page.getByRole("link", { name: "Edit", exact: true }).click();
  await page.waitForURL(`**/posts/${id}/edit`);
  await waitForHydration(page);
  expect(await seriousViolations(page)).toEqual([]);
  await page.getByLabel("Title").fill("Better words");
  await page.getByLabel(/^Only those with the link/).check();
  await page.getByRole("button", { name: "Save" }).click();
  await page.waitForURL(`**/posts/${id}`);
  await expect.poll(() => headline(page).textContent()).toBe("Better words");
  await page.getByText("Unlisted: only those with the link see it").waitFor();

  const stranger = await openTab(await openContext(phone), "/");
  expect(await stranger.getByRole("link", { name: "Better words" }).count()).toBe(0);
  await visit(stranger, `/posts/${id}`);
  expect(await headline(stranger).textContent()).toBe("Better words");
  expect(await stranger.getByRole("link", { name: "Edit", exact: true }).count()).toBe(0);
  await stranger.goto(`/posts/${id}/edit`);
  await stranger.waitForURL(/\/sign-in/);

  await page.getByRole("link", { name: "Edit", exact: true }).click();
  await page.waitForURL(`**/posts/${id}/edit`);
  await waitForHydration(page);
  await page.getByRole("button", { name: "Delete the post" }).click();
  // A key held a little too long must not answer: the focus is on the way out.
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe("Cancel");
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Delete the post" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete for good" }).click();
  await page.waitForURL(/\/u\/[\w-]+$/);
  await visit(stranger, "/");
  expect((await stranger.goto(`/posts/${id}`))?.status()).toBe(404);
  await Promise.all([context.close(), stranger.context().close()]);
});
