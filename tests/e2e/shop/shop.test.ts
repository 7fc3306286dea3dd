import { readFile } from "node:fs/promises";
import type { BrowserContextOptions, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { seriousViolations } from "@/tests/support/clients/browser";
import { signInAsDemo } from "@/tests/support/clients/browser-accounts";
import { visit, waitForHydration } from "@/tests/support/clients/browser-pages";
import { startBrowserTests } from "@/tests/support/clients/browser-tests";

/** The shop in Chromium, with payments on the local Stripe's checkout page. */

const { app, openContext } = await startBrowserTests();

const TEST_LIMIT_MS = 120_000;
/** Time (ms) for a payment, its event and its tasks on a busy machine. */
const TASKS_LIMIT_MS = 30_000;

/** A page in a new English browser context, signed in as one of the demo users. */
async function pageOf(who: string | null, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await openContext(options);
  if (who) await signInAsDemo(context, who);
  return context.newPage();
}

interface Sale {
  title: string;
  stock?: number;
}

/** Puts a ticket up for sale. @returns its id */
async function listTicket(page: Page, { title, stock }: Sale): Promise<string> {
  const response = await page.request.post("/api/products", {
    data: { kind: "ticket", title, priceMinor: 1_500, currency: "EUR", ...(stock ? { stock } : {}) },
  });
  expect(response.status()).toBe(201);
  return (await response.json()).product.id;
}

/** Buys on the product's page and submits the checkout page with a result. */
async function buy(page: Page, productId: string, result: string): Promise<void> {
  await visit(page, `/shop/${productId}`);
  await page.getByRole("button", { name: /^Buy for/ }).click();
  await page.waitForURL(/\/c\/pay\//);
  await page
    .locator(`button[value="${result}"]`)
    .evaluate((button: HTMLButtonElement) => button.form?.requestSubmit(button));
}

const arrived = (page: Page) => page.waitForURL(/\/orders\/[0-9a-f-]{36}/);
const headline = (page: Page) => page.getByRole("heading", { level: 1 });

const waitForHeadline = (page: Page, text: string) =>
  expect.poll(() => headline(page).textContent(), { timeout: TASKS_LIMIT_MS }).toBe(text);

/** Marks the document. @returns whether it is still the same document */
async function markDocument(page: Page): Promise<() => Promise<boolean>> {
  await page.evaluate(() => document.documentElement.setAttribute("data-same", ""));
  return () => page.evaluate(() => document.documentElement.hasAttribute("data-same"));
}

const codesOn = (page: Page) => page.getByTestId("code").allTextContents();

/** The state of each step of an order, by its name. */
async function stepsOn(page: Page): Promise<Record<string, string>> {
  const steps = await page
    .locator("[data-step]")
    .evaluateAll((all) =>
      all.map((step) => [step.getAttribute("data-step"), step.getAttribute("data-state")]),
    );
  return Object.fromEntries(steps);
}

describe("the shop", { timeout: TEST_LIMIT_MS }, () => {
  it("an artist lists a ticket, a listener buys two and sees them arrive, and the artist is notified", async () => {
    const title = `Rooftop ${Date.now()}`;
    const artist = await pageOf("artist");
    await visit(artist, "/shop/new");
    await artist.getByLabel("Price per item").fill("fifteen");
    await artist.getByRole("button", { name: "Put it up for sale" }).click();
    await expect
      .poll(() => artist.evaluate(() => document.activeElement?.getAttribute("name")))
      .toBe("title");
    expect(await artist.getByText(/^An amount from .*0\.50/).isVisible()).toBe(true);
    await artist.getByLabel("Title").fill(title);
    await artist.reload();
    await waitForHydration(artist);
    await expect.poll(() => artist.getByLabel("Title").inputValue()).toBe(title);
    await artist.getByLabel("Price per item").fill("15,50");
    await artist.getByLabel("Currency").selectOption("EUR");
    await artist.getByLabel("Quantity in stock").fill("20");
    await artist.getByRole("button", { name: "Put it up for sale" }).click();
    await artist.waitForURL(/\/shop\/[0-9a-f-]{36}$/);
    const productPath = new URL(artist.url()).pathname;
    await artist.getByText("This is your product, so you can't buy it.").waitFor();
    expect(await artist.getByRole("button", { name: /^Buy/ }).count()).toBe(0);

    const buyer = await pageOf(null);
    await visit(buyer, "/shop?kind=ticket");
    await buyer.getByRole("link", { name: title }).click();
    await buyer.waitForURL(`**${productPath}`);
    await buyer.getByRole("link", { name: "Sign in to buy" }).click();
    await buyer.getByLabel("Email").fill("listener@normaldance.test");
    await buyer.getByLabel("Password", { exact: true }).fill("normaldance");
    await buyer.locator("form").getByRole("button", { name: "Sign in" }).click();
    await buyer.waitForURL(`**${productPath}`);
    await buyer.getByRole("button", { name: "More", exact: true }).click();
    await buyer.getByRole("button", { name: "Buy for €31" }).click();
    await buyer.waitForURL(/\/c\/pay\//);
    await buyer.locator('button[value="paid"]').click();
    await arrived(buyer);
    const stayed = await markDocument(buyer);
    await waitForHeadline(buyer, "The tickets are yours");
    const codes = await codesOn(buyer);
    expect(new Set(codes).size).toBe(2);
    expect(codes[0]).toMatch(/^[0-9A-Z]{5}(-[0-9A-Z]{5}){4}$/);
    await expect
      .poll(() => stepsOn(buyer), { timeout: TASKS_LIMIT_MS })
      .toEqual({
        placed: "done",
        payment: "done",
        "deliver-goods": "done",
        "referral-bonuses": "done",
        "supplier-notifications": "done",
        leaderboards: "done",
      });
    expect(await stayed()).toBe(true);
    await visit(buyer, "/orders");
    await buyer.getByRole("link", { name: title }).waitFor();

    await visit(artist, "/notifications");
    await artist.getByRole("link", { name: `Sold: ${title}` }).click();
    await arrived(artist);
    await waitForHeadline(artist, "Sold");
    expect(await codesOn(artist)).toEqual([]);
    const artistStayed = await markDocument(artist);
    await artist.getByRole("button", { name: "Refund" }).click();
    await artist.getByRole("button", { name: "Yes, refund" }).click();
    await waitForHeadline(artist, "Refunded");
    expect(await artistStayed()).toBe(true);
    await visit(buyer, artist.url());
    await waitForHeadline(buyer, "Refunded");
    expect(await buyer.getByText("No longer valid").count()).toBe(2);
    await Promise.all([artist.context().close(), buyer.context().close()]);
  });

  it("shows the order's state after a declined card, an abandoned checkout, duplicate events and a late payment", async () => {
    const artist = await pageOf("kira");
    const ticket = await listTicket(artist, { title: `Cellar ${Date.now()}`, stock: 9 });
    const page = await pageOf("wen");

    await buy(page, ticket, "failed");
    await page.getByText("The card was declined").waitFor();
    await visit(page, "/orders");
    await page.getByRole("main").locator("h2 a").first().click();
    await arrived(page);
    await waitForHeadline(page, "The card was declined");
    expect(await page.getByRole("link", { name: "Try again" }).getAttribute("href")).toMatch(/\/c\/pay\//);

    await buy(page, ticket, "abandoned");
    await arrived(page);
    await waitForHeadline(page, "Order cancelled");
    await page.getByRole("link", { name: "Order again" }).click();
    await page.waitForURL(`**/shop/${ticket}`);
    await expect.poll(() => page.getByText("9 left").isVisible()).toBe(true);

    await buy(page, ticket, "twice");
    await arrived(page);
    await waitForHeadline(page, "The ticket is yours");
    expect(await codesOn(page)).toHaveLength(1);

    await buy(page, ticket, "late");
    await arrived(page);
    await waitForHeadline(page, "Confirming the payment");
    const stayed = await markDocument(page);
    await waitForHeadline(page, "The ticket is yours");
    expect(await codesOn(page)).toHaveLength(1);
    expect(await stayed()).toBe(true);
    await Promise.all([artist.context().close(), page.context().close()]);
  });

  it("shows that the stock is gone or payments are down, and keeps the quantity", async () => {
    const artist = await pageOf("nocturne");
    const [scarce, plenty] = [
      await listTicket(artist, { title: `Last one ${Date.now()}`, stock: 1 }),
      await listTicket(artist, { title: `Plenty ${Date.now()}` }),
    ];
    const [fast, slow] = await Promise.all([pageOf("gleb"), pageOf("petr")]);
    await visit(slow, `/shop/${scarce}`);
    expect((await fast.request.post("/api/orders", { data: { productId: scarce } })).status()).toBe(201);
    await slow.getByRole("button", { name: /^Buy for/ }).click();
    await slow.getByText("All gone.").waitFor();
    expect(await slow.getByRole("button", { name: /^Buy/ }).count()).toBe(0);

    const setFaults = (faults: unknown) =>
      fetch(`${app.env.STRIPE_API_URL}/_local/faults`, {
        method: "PUT",
        headers: { authorization: `Bearer ${app.env.STRIPE_SECRET_KEY}`, "content-type": "application/json" },
        body: JSON.stringify(faults),
      });
    await visit(slow, `/shop/${plenty}`);
    await slow.getByLabel("Quantity").fill("3");
    expect((await setFaults({ api: { kind: "error" } })).ok).toBe(true);
    await slow.getByRole("button", { name: "Buy for €45" }).click();
    await slow.getByText("Payments do not work right now, and nothing was charged.").waitFor();
    expect(await slow.getByLabel("Quantity").inputValue()).toBe("3");
    await setFaults({});
    await slow.getByRole("button", { name: "Buy for €45" }).click();
    await slow.waitForURL(/\/c\/pay\//);
    const orders = await (await slow.request.get("/api/orders")).json();
    expect(orders.items).toHaveLength(1);
    await Promise.all([artist, fast, slow].map((page) => page.context().close()));
  });

  it("has no serious axe violations in both languages and themes, on a phone and a desktop, and is readable without scripts", async () => {
    const seller = await pageOf("tundra");
    const ticket = await listTicket(seller, { title: `Axe ${Date.now()}`, stock: 5 });
    const buyer = await pageOf("ayana");
    await buy(buyer, ticket, "paid");
    await arrived(buyer);
    await waitForHeadline(buyer, "The ticket is yours");
    const order = new URL(buyer.url()).pathname;
    const storageState = await buyer.context().storageState();
    const problems: string[] = [];
    const shop = ["/shop", `/shop/${ticket}`, order];
    for (const [locale, width, theme, paths] of [
      ["ru-RU", 390, "dark", [...shop, "/shop/new", "/orders"]],
      ["en-US", 1440, "light", shop],
    ] as const) {
      const page = await pageOf(null, { locale, viewport: { width, height: 900 }, storageState });
      await page.addInitScript(`localStorage.setItem("theme", "${theme}")`);
      for (const path of paths) {
        await visit(page, path);
        expect(await page.locator("html").getAttribute("lang")).toBe(locale.slice(0, 2));
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (wider > 0) problems.push(`${path} ${width}: wider than the screen by ${wider}`);
        problems.push(
          ...(await seriousViolations(page)).map((problem) => `${path} ${width} ${theme}: ${problem}`),
        );
      }
      await page.context().close();
    }
    expect(problems).toEqual([]);

    const plain = await pageOf(null, { storageState, javaScriptEnabled: false });
    await plain.goto("/shop");
    expect(await plain.getByRole("main").locator("article").count()).toBeGreaterThan(3);
    await plain.goto(order);
    expect(await codesOn(plain)).toHaveLength(1);
    await Promise.all([seller, buyer, plain].map((page) => page.context().close()));
  });

  it("a buyer gets the bytes of a track, and reads why when there are none", async () => {
    const buyer = await pageOf("listener");
    const { items } = await (await buyer.request.get("/api/products?kind=track&limit=50")).json();
    const track = items.find(({ title }: { title: string }) => title.startsWith("«Снег на Невском»"));
    await buy(buyer, track.id, "paid");
    await arrived(buyer);
    await waitForHeadline(buyer, "The track is yours");
    const link = buyer.getByRole("link", { name: "Download" });
    const response = await buyer.request.get((await link.getAttribute("href")) ?? "");
    const file = await readFile("public/demo/snow-on-nevsky.wav");
    expect([response.status(), (await response.body()).equals(file)]).toEqual([200, true]);

    const gone = await visit(buyer, "/api/deliveries/00000000-0000-7000-8000-000000000000/download");
    expect([gone?.status(), gone?.headers()["content-type"]]).toEqual([404, "text/html; charset=utf-8"]);
    await buyer.getByText("There is no such purchase").waitFor();
    const background = await buyer.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(background).not.toBe("rgba(0, 0, 0, 0)");
    await buyer.getByRole("link", { name: "To the home page" }).click();
    await buyer.waitForURL(`${app.url}/`);
    await buyer.context().close();
  });

  it("returns 404 for a missing product, and requires a user for an order", async () => {
    const missing = "00000000-0000-7000-8000-000000000000";
    for (const path of ["/shop/nope", `/shop/${missing}`]) {
      expect((await fetch(`${app.url}${path}`)).status).toBe(404);
    }
    const stranger = await pageOf(null);
    await visit(stranger, `/orders/${missing}`);
    expect(new URL(stranger.url()).search).toBe(`?next=${encodeURIComponent(`/orders/${missing}`)}`);
    await stranger.context().close();
  });
});
