import type { BrowserContext, Page } from "playwright-core";
import { decodeQR } from "qr/decode.js";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { newId } from "@/lib/core/ids";
import { openBrowser, seriousViolations } from "@/tests/support/clients/browser";
import { openContext, signInAsDemo } from "@/tests/support/clients/browser-accounts";
import { visit } from "@/tests/support/clients/browser-pages";
import { startBrowserTests } from "@/tests/support/clients/browser-tests";
import { filmQrCode } from "@/tests/support/clients/camera";

/** A ticket from the buyer's screen through the door, by hand and by camera. */

const { app, browser, database } = await startBrowserTests();

const PHONE = { viewport: { width: 390, height: 780 } };

async function signIn(who: string, inBrowser = browser): Promise<BrowserContext> {
  const context = await openContext(inBrowser, app, PHONE);
  await signInAsDemo(context, who);
  return context;
}

interface SoldTickets {
  title: string;
  codes: [string, string];
  orderId: string;
}

/** Two delivered tickets of one order. What a payment does is tested in shop.test.ts. */
async function sellTickets(seller: string, buyer: string): Promise<SoldTickets> {
  const title = `Cellar ${newId().slice(-6)}`;
  const orderId = newId();
  const code = () => `AAAAA-BBBBB-CCCCC-DDDDD-${newId().slice(-5).toUpperCase()}`;
  const codes: [string, string] = [code(), code()];
  await database.query(
    `INSERT INTO "Order" (id, "buyerId", "sellerId", kind, title, quantity, "unitPriceMinor", "amountMinor", currency,
       locale, status, "paidAt", "deliveredAt")
     SELECT $1, b.id, s.id, 'ticket', $2, 2, 1500, 3000, 'EUR', 'en', 'delivered', now(), now()
     FROM "User" b, "User" s WHERE b.email = $3 AND s.email = $4`,
    [orderId, title, `${buyer}@normaldance.test`, `${seller}@normaldance.test`],
  );
  for (const [index, each] of codes.entries())
    await database.query(
      `INSERT INTO "Delivery" (id, "orderId", kind, unit, code) VALUES ($1, $2, 'ticket', $3, $4)`,
      [newId(), orderId, index + 1, each],
    );
  return { title, codes, orderId };
}

const result = (page: Page) => page.getByRole("main").getByRole("status");

async function enter(page: Page, code: string): Promise<void> {
  await page.getByLabel("Code of the ticket").fill(code);
  await page.getByLabel("Code of the ticket").press("Enter");
}

/** What a scanner reads from the picture on the screen. */
async function readQrCode(page: Page, name: string): Promise<string> {
  const picture = await page.getByRole("img", { name }).screenshot();
  const { data, info } = await sharp(picture).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return decodeQR({ width: info.width, height: info.height, data });
}

describe("the door", () => {
  it("is reached from the sales, and admits each ticket once, whatever the door", async () => {
    const { title, codes } = await sellTickets("artist", "listener");
    const doors = await Promise.all([signIn("artist"), signIn("artist")]);
    const [here, there] = (await Promise.all(doors.map((door) => door.newPage()))) as [Page, Page];
    await visit(here, "/orders?as=seller");
    await here.getByRole("link", { name: "Check tickets" }).click();
    await here.waitForURL("**/check-in");
    expect(await seriousViolations(here)).toEqual([]);
    await enter(here, ` ${codes[0].toLowerCase()} `);
    await result(here).getByText("Come in").waitFor();
    expect(await result(here).textContent()).toContain(`${title}Ticket 1 of 2`);
    expect(await here.getByLabel("Code of the ticket").inputValue()).toBe("");

    await visit(there, "/check-in");
    await enter(there, codes[0]);
    await result(there).getByText("This ticket has been used already").waitFor();
    await enter(there, "NO-SUCH-TICKET");
    await result(there).getByText("There is no such purchase").waitFor();

    // Both doors at once.
    await Promise.all([enter(here, codes[1]), enter(there, codes[1])]);
    const outcomes = async () => [await result(here).textContent(), await result(there).textContent()];
    await expect
      .poll(async () => (await outcomes()).filter((text) => text?.includes("Come in")).length)
      .toBe(1);
    await expect
      .poll(async () => (await outcomes()).filter((text) => text?.includes("used already")).length)
      .toBe(1);
    await Promise.all(doors.map((door) => door.close()));
  });

  it("scans what the buyer's screen shows", async () => {
    const { codes, orderId } = await sellTickets("artist", "listener");
    const buyer = await signIn("listener");
    const order = await buyer.newPage();
    await visit(order, `/orders/${orderId}`);
    expect(await readQrCode(order, "QR code of ticket 2")).toBe(codes[1]);
    await order.emulateMedia({ colorScheme: "light" });
    expect(await readQrCode(order, "QR code of ticket 1")).toBe(codes[0]);

    const camera = await filmQrCode(codes[1]);
    const withCamera = await openBrowser(camera.flags);
    try {
      const door = await signIn("artist", withCamera);
      const page = await door.newPage();
      await visit(page, "/check-in");
      await page.getByRole("button", { name: "Scan with the camera" }).click();
      await result(page).getByText("Come in").waitFor();
      // The ticket stays in the picture, and is not asked about again.
      await page.getByText("1 admitted on this device").waitFor();
      await page.getByRole("button", { name: "Stop the camera" }).click();
      await page.getByLabel("Picture of the camera").waitFor({ state: "detached" });
      expect(await result(page).textContent()).toContain("Come in");
    } finally {
      await withCamera.close();
      await camera.remove();
    }
    const { rows } = await database.query(
      `SELECT unit FROM "Delivery" WHERE "orderId" = $1 AND "usedAt" IS NOT NULL`,
      [orderId],
    );
    expect(rows).toEqual([{ unit: 2 }]);
    await visit(order, `/orders/${orderId}`);
    await order.getByText("Used").waitFor();
    expect(await seriousViolations(order)).toEqual([]);
    await buyer.close();
  });

  it("says what to do where there is no camera, and is for sellers", async () => {
    const artist = await signIn("artist");
    const page = await artist.newPage();
    await visit(page, "/check-in");
    await page.getByRole("button", { name: "Scan with the camera" }).click();
    await page.getByText(/Type the code instead|type the code\./).waitFor();
    await artist.close();
    const listener = await signIn("listener");
    const refused = await listener.newPage();
    await visit(refused, "/check-in");
    await refused.getByText("The door is for sellers").waitFor();
    await listener.close();
  });
});
