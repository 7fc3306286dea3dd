import type { BrowserContext, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { newId } from "@/lib/core/ids";
import { seriousViolations } from "@/tests/support/clients/browser";
import { signUpInBrowser } from "@/tests/support/clients/browser-accounts";
import { visit } from "@/tests/support/clients/browser-pages";
import { startBrowserTests } from "@/tests/support/clients/browser-tests";

/** A purchase that bonuses pay in part, by keyboard on a phone, from the product's page to the refund. */

const { database, openContext } = await startBrowserTests();

const PHONE = { viewport: { width: 390, height: 844 } };
/** Time (ms) for a payment, its event and its tasks on a busy machine. */
const TASKS_LIMIT_MS = 30_000;

async function signIn(email: string): Promise<BrowserContext> {
  const context = await openContext(PHONE);
  const data = { email, password: "normaldance" };
  expect((await context.request.post("/api/auth/sign-in", { data })).status()).toBe(200);
  return context;
}

/** A new user with bonuses, in hundredths. */
async function signUpWith(amount: number): Promise<BrowserContext> {
  const context = await openContext(PHONE);
  const { id } = await signUpInBrowser(context);
  await database.query(
    `INSERT INTO "BonusEntry" (id, "userId", seq, kind, amount, balance, key) VALUES ($1, $2, 1, 'granted', $3, $3, $4)`,
    [newId(), id, amount, newId()],
  );
  return context;
}

async function listTicket(seller: BrowserContext, currency: string): Promise<string> {
  const data = { kind: "ticket", title: `Half price ${Date.now()}`, priceMinor: 50_000, currency };
  const response = await seller.request.post("/api/products", { data });
  expect(response.status()).toBe(201);
  return (await response.json()).product.id;
}

const slider = (page: Page) => page.getByRole("slider", { name: "Pay part with bonuses" });
const fact = (page: Page, name: string) =>
  page.locator("dl > div", { has: page.locator("dt", { hasText: name }) }).locator("dd");

describe("bonuses at checkout", { timeout: 120_000 }, () => {
  it("pay up to half, are on the order's page, and return with a full refund", async () => {
    const seller = await signIn("artist@normaldance.test");
    const productId = await listTicket(seller, "RUB");
    const buyer = await signUpWith(40_000);
    const page = await buyer.newPage();
    await visit(page, `/shop/${productId}`);
    await page.getByRole("button", { name: "Buy for ₽500" }).waitFor();
    await slider(page).focus();
    await page.keyboard.press("End");
    expect(await slider(page).getAttribute("aria-valuetext")).toBe("250 bonuses, ₽250 off");
    await page.getByText("To pay: ₽250").waitFor();
    await page.getByText("Bonuses cover up to half the price.").waitFor();
    for (let step = 0; step < 50; step += 1) await page.keyboard.press("ArrowLeft");
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole("button", { name: "Buy for ₽300" }).click();
    await page.waitForURL(/\/c\/pay\//);
    expect(await page.locator("body").textContent()).toContain("300");
    await page
      .locator('button[value="paid"]')
      .evaluate((button: HTMLButtonElement) => button.form?.requestSubmit(button));
    await page.waitForURL(/\/orders\/[0-9a-f-]{36}/);
    const headline = page.getByRole("heading", { level: 1 });
    await expect.poll(() => headline.textContent(), { timeout: TASKS_LIMIT_MS }).toBe("The ticket is yours");
    expect(await fact(page, "Amount").textContent()).toBe("₽500");
    expect(await fact(page, "Paid with bonuses").textContent()).toBe("−₽200 200 bonuses");
    expect(await fact(page, "Paid with money").textContent()).toBe("₽300");
    expect(await seriousViolations(page)).toEqual([]);

    const orderId = new URL(page.url()).pathname.split("/").at(-1) ?? "";
    expect((await seller.request.post(`/api/orders/${orderId}/refund`, { data: {} })).status()).toBe(202);
    await expect.poll(() => headline.textContent(), { timeout: TASKS_LIMIT_MS }).toBe("Refunded");
    await page.getByText("200 bonuses are back on your balance.").waitFor();
    await visit(page, "/bonuses");
    await page.getByText("Returned from a purchase").waitFor();
    expect(await page.getByText("Part of a purchase").count()).toBe(1);
    await Promise.all([seller.close(), buyer.close()]);
  });

  it("are worth less in dollars, and not offered to whoever has too few for a cent", async () => {
    const seller = await signIn("artist@normaldance.test");
    const dollars = await listTicket(seller, "USD");
    const [poor, rich] = await Promise.all([signUpWith(99), signUpWith(40_000)]);
    const [without, page] = await Promise.all([poor.newPage(), rich.newPage()]);
    await visit(without, `/shop/${dollars}`);
    await without.getByRole("button", { name: "Buy for $500" }).waitFor();
    expect(await slider(without).count()).toBe(0);
    await visit(page, `/shop/${dollars}`);
    await slider(page).focus();
    await page.keyboard.press("End");
    await page.getByRole("button", { name: "Buy for $497.34" }).waitFor();
    await Promise.all([seller.close(), poor.close(), rich.close()]);
  });
});
