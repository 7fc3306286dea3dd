import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { seriousViolations } from "@/tests/support/clients/browser";
import { signUpConfirmed, signUpInBrowser } from "@/tests/support/clients/browser-accounts";
import { openTab, visit } from "@/tests/support/clients/browser-pages";
import { startBrowserTests } from "@/tests/support/clients/browser-tests";
import { gradient } from "@/tests/support/factories/uploads";

/** What an artist says about themselves, and how others find and write to them, on a narrow phone. */

const { app, database, openContext } = await startBrowserTests();

const TEST_LIMIT_MS = 120_000;
/** Time (ms) until a view is in Postgres. */
const SYNC_LIMIT_MS = 60_000;
const phone = { viewport: { width: 390, height: 844 } };
const scrollsSideways = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

it("an artist's picture, words and links are on their page", { timeout: TEST_LIMIT_MS }, async () => {
  const context = await openContext(phone);
  await signUpInBrowser(context, "Noor Vance");
  const page = await openTab(context, "/me");
  const about = page.getByRole("region", { name: "About you" });
  await about.locator('input[name="pictureFileId"]').setInputFiles({
    name: "me.png",
    mimeType: "image/png",
    buffer: await gradient(400, 300).png().toBuffer(),
  });
  await about.getByLabel("In a few words").fill("Plays at night.\nhttps://nights.example/a");
  await about.getByRole("button", { name: "Add a link" }).click();
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute("name"))).toBe("url0");
  await page.keyboard.type("javascript:alert(1)");
  await about.getByLabel("Label 1").fill("My records");
  await about.getByRole("button", { name: "Save" }).click();
  await about.getByText("Something is not right here").waitFor();
  await about.getByLabel("Address 1").fill("records.example/noor");
  await about.getByText("The picture is ready").waitFor();
  await about.getByRole("button", { name: "Save" }).click();
  await about.getByText("Saved", { exact: true }).waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  expect(await scrollsSideways(page)).toBe(false);

  await page.getByRole("link", { name: "My page" }).click();
  await page.waitForURL(/\/u\/noor-vance/);
  const main = page.getByRole("main");
  const link = main.getByRole("link", { name: /^My records/ });
  expect([await link.getAttribute("href"), await link.getAttribute("rel")]).toEqual([
    "https://records.example/noor",
    "nofollow ugc noopener noreferrer me",
  ]);
  await main.getByRole("link", { name: "https://nights.example/a" }).waitFor();
  const picture = main.locator("picture img").first();
  await expect.poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(0);
  const description = page.locator('meta[property="og:description"]');
  expect(await description.getAttribute("content")).toBe("Plays at night. https://nights.example/a");
  expect(await page.locator('meta[property="og:image"]').getAttribute("content")).toMatch(/\.webp$/);
  expect(await seriousViolations(page)).toEqual([]);

  // The picture is taken off, and the text stays.
  await visit(page, "/me");
  await about.getByRole("button", { name: "Remove the picture" }).click();
  await about.getByRole("button", { name: "Save" }).click();
  await about.getByText("Saved", { exact: true }).waitFor();
  await visit(page, "/u/me");
  await main.getByText("Plays at night.").waitFor();
  expect(await main.locator("picture img").count()).toBe(0);
});

it("a product's page leads to the seller's chat, and not one's own", { timeout: TEST_LIMIT_MS }, async () => {
  const artist = await openContext(phone);
  const signedIn = await artist.request.post("/api/auth/sign-in", {
    data: { email: "artist@normaldance.test", password: "normaldance" },
  });
  expect(signedIn.status()).toBe(200);
  const data = { kind: "ticket", title: `Night ${Date.now()}`, priceMinor: 1_500, currency: "EUR" };
  const { product } = await (await artist.request.post("/api/products", { data })).json();
  const own = await openTab(artist, `/shop/${product.id}`);
  await own.getByRole("button", { name: "Share" }).waitFor();
  expect(await own.getByRole("button", { name: "Write to the seller" }).count()).toBe(0);

  const buyer = await openContext(phone);
  await signUpConfirmed(buyer, app, "Ivo Brandt");
  const page = await openTab(buyer, `/shop/${product.id}`);
  expect(await seriousViolations(page)).toEqual([]);
  await page.getByRole("button", { name: "Write to the seller" }).click();
  await page.waitForURL(/\/chat\/[0-9a-f-]{36}$/);
  // The name above the conversation leads to the artist's page, and back to what they sell.
  await page.getByRole("heading", { level: 1 }).getByRole("link").click();
  await page.waitForURL(/\/u\/[a-z0-9-]+$/);
  expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe(product.sellerName);
});

it("shows an artist their own numbers as pictures and a table", { timeout: TEST_LIMIT_MS }, async () => {
  const context = await openContext(phone);
  await signUpInBrowser(context, "Quiet Newcomer");
  const page = await openTab(context, "/me/numbers");
  await page.getByRole("heading", { name: "Nothing has happened yet" }).waitFor();

  const artist = await openContext(phone);
  await signUpInBrowser(artist, "Noor Vance");
  const published = await artist.request.post("/api/posts", { data: { title: "Seen once" } });
  const { id } = (await published.json()).post as { id: string };
  expect((await context.request.post("/api/posts/view", { data: { postId: id } })).status()).toBe(200);
  const admin = await openContext();
  await admin.request.post("/api/auth/sign-in", {
    data: { email: "admin@normaldance.test", password: "normaldance" },
  });
  const countViews = async () => {
    await admin.request.post("/api/posts/sync-views");
    const { items } = await (await artist.request.get("/api/me/numbers?days=1")).json();
    return items[0].views as number;
  };
  await expect.poll(countViews, { timeout: SYNC_LIMIT_MS, interval: 1_000 }).toBe(1);
  const numbers = await openTab(artist, "/u/me");
  await numbers.getByRole("link", { name: "Numbers" }).click();
  await numbers.waitForURL("**/me/numbers");
  await numbers.getByRole("link", { name: "90 days" }).click();
  await numbers.waitForURL("**/me/numbers?days=90");
  await numbers.getByRole("img", { name: /^Views: 1 / }).waitFor();
  await numbers.getByText("The numbers as a table").click();
  expect(await numbers.getByRole("row").count()).toBe(91);
  expect(await seriousViolations(numbers)).toEqual([]);
  expect(await scrollsSideways(numbers)).toBe(false);
});

it("the address of a page is changed, and the former one leads to it", {
  timeout: TEST_LIMIT_MS,
}, async () => {
  const context = await openContext(phone);
  const { id } = await signUpInBrowser(context, "Lada Gorn");
  const [before] = (await database.query(`SELECT handle FROM "User" WHERE id = $1`, [id])).rows;
  const page = await openTab(context, "/me");
  const field = page.getByLabel("Address of your page");
  const save = page.locator("form").filter({ has: field }).getByRole("button", { name: "Save" });
  expect(await field.inputValue()).toBe(before.handle);
  await field.fill("admin");
  await save.click();
  await page.getByText("The site needs this address itself").waitFor();
  const handle = `lada-${id.slice(-8)}`;
  await field.fill(handle);
  await save.click();
  await page.getByText(`Your page is at /u/${handle}`).waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  await visit(page, `/u/${before.handle}`);
  await page.waitForURL(`**/u/${handle}`);
  await page.getByRole("heading", { level: 1, name: "Lada Gorn" }).waitFor();
});
