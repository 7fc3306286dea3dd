import { expect, it } from "vitest";
import { newId } from "@/lib/core/ids";
import {
  BROWSER_PASSWORD,
  signUpConfirmed,
  waitForMailedLink,
} from "@/tests/support/clients/browser-accounts";
import { openTab, visit } from "@/tests/support/clients/browser-pages";
import { startBrowserTests } from "@/tests/support/clients/browser-tests";
import { Journey } from "@/tests/support/clients/journey";
import { tone } from "@/tests/support/factories/tone";

/** An artist's first evening, in English and by keyboard alone: no address is typed after the first one. */

const { app, database, openContext } = await startBrowserTests();

const PHONE = { viewport: { width: 390, height: 844 } };
const TEST_LIMIT_MS = 120_000;
const STEP_LIMIT_MS = 30_000;
/** Time (ms) for a file on its way to the store. */
const UPLOAD_LIMIT_MS = 30_000;

const word = newId().slice(-6);
const artistName = `Ada Quill ${word}`;
const ticket = `Attic ${word}`;

/** Someone writes to the artist, whose address is known by then. */
async function writeToArtist(email: string, name: string): Promise<void> {
  const context = await openContext();
  await signUpConfirmed(context, app, name);
  const { rows } = await database.query(`SELECT id FROM "User" WHERE email = $1`, [email]);
  const opened = await context.request.post("/api/chats", { data: { kind: "direct", userId: rows[0].id } });
  expect(opened.ok(), await opened.text()).toBe(true);
  const { chat } = (await opened.json()) as { chat: { id: string } };
  const data = { clientId: crypto.randomUUID(), text: "Give me your tracks for free" };
  expect((await context.request.post(`/api/chats/${chat.id}/messages`, { data })).ok()).toBe(true);
}

/** A delivered ticket of the artist's product. What a payment does is tested in shop.test.ts. @returns its code */
async function sellTicket(productId: string): Promise<string> {
  const [orderId, code] = [newId(), `AAAAA-BBBBB-CCCCC-DDDDD-${newId().slice(-5).toUpperCase()}`];
  await database.query(
    `INSERT INTO "Order" (id, "buyerId", "sellerId", kind, title, quantity, "unitPriceMinor", "amountMinor", currency,
       locale, status, "paidAt", "deliveredAt")
     SELECT $1, b.id, p."sellerId", p.kind, p.title, 1, p."priceMinor", p."priceMinor", p.currency, 'en', 'delivered',
       now(), now()
     FROM "User" b, "Product" p WHERE b.email = 'listener@normaldance.test' AND p.id = $2`,
    [orderId, productId],
  );
  await database.query(
    `INSERT INTO "Delivery" (id, "orderId", kind, unit, code) VALUES ($1, $2, 'ticket', 1, $3)`,
    [newId(), orderId, code],
  );
  return code;
}

it("an artist signs up, publishes, sells, edits, blocks someone and checks a ticket", {
  timeout: TEST_LIMIT_MS,
}, async () => {
  const page = await openTab(await openContext(PHONE), "/");
  page.setDefaultTimeout(STEP_LIMIT_MS);
  const journey = new Journey(page, app);
  const main = page.getByRole("main");
  const bar = page.getByRole("navigation", { name: "Main navigation" });

  journey.begin("signs up");
  const email = `p-${newId()}@normaldance.test`;
  await journey.open(main.getByRole("link", { name: "Create an account" }));
  await page.waitForURL("**/sign-up");
  await journey.typeInto(page.getByLabel("Name"), artistName);
  await journey.typeInto(page.getByLabel("Email"), email);
  await journey.typeInto(page.getByLabel("Password", { exact: true }), BROWSER_PASSWORD);
  await journey.press("Enter");
  await page.waitForURL("**/welcome");

  journey.begin("confirms the address");
  await visit(page, await waitForMailedLink(app, email, "/confirm-email"));
  await journey.open(main.getByRole("button", { name: "Confirm email" }));
  await journey.open(main.getByRole("link", { name: "Go to your profile" }));
  await page.waitForURL("**/me");

  journey.begin("becomes an artist");
  await journey.open(main.getByRole("button", { name: "Become an artist" }));
  await main.getByRole("link", { name: "Sell something" }).waitFor();

  journey.begin("publishes a track");
  await journey.open(bar.getByRole("link", { name: "New post" }), { back: true });
  await page.waitForURL("**/posts/new");
  const file = page.getByLabel("Choose an audio file");
  await journey.walkTo(file);
  await file.setInputFiles({ name: "attic.wav", mimeType: "audio/wav", buffer: tone(8) });
  await page.getByRole("region", { name: "Sound" }).locator('[data-phase="stored"]').waitFor({
    timeout: UPLOAD_LIMIT_MS,
  });
  await journey.typeInto(page.getByLabel("Title"), `First light ${word}`);
  await journey.open(page.getByRole("button", { name: "Put it on stage" }));
  await page.waitForURL(/\/posts\/[0-9a-f-]{36}$/);

  journey.begin("edits the post");
  await journey.open(main.getByRole("link", { name: "Edit", exact: true }));
  await page.waitForURL("**/edit");
  await journey.typeInto(page.getByLabel("Title"), `Second light ${word}`);
  await journey.press("Enter");
  await page.waitForURL(/\/posts\/[0-9a-f-]{36}$/);
  await page.getByRole("heading", { level: 1, name: `Second light ${word}` }).waitFor();

  journey.begin("puts a ticket up for sale");
  await journey.open(bar.getByRole("link", { name: "Shop" }), { back: true });
  await page.waitForURL("**/shop");
  await journey.open(main.getByRole("link", { name: "Sell something" }));
  await page.waitForURL("**/shop/new");
  await journey.typeInto(page.getByLabel("Title"), ticket);
  await journey.typeInto(page.getByLabel("Price per item"), "15");
  await journey.press("Enter");
  await page.waitForURL(/\/shop\/[0-9a-f-]{36}$/);
  const code = await sellTicket(new URL(page.url()).pathname.split("/").at(-1) ?? "");

  journey.begin("blocks someone who wrote");
  await writeToArtist(email, `Pest ${word}`);
  await journey.open(bar.getByRole("link", { name: /^Chat/ }), { back: true });
  await page.waitForURL("**/chat");
  await journey.open(main.getByRole("link", { name: `Pest ${word}` }));
  await page.waitForURL(/\/chat\/[0-9a-f-]{36}$/);
  await journey.open(main.getByRole("button", { name: /^Block/ }), { back: true });
  // The focus begins on the way out, which is after it.
  const block = page.getByRole("dialog").getByRole("button", { name: "Block", exact: true });
  await journey.open(block, { back: true });
  await main.getByText("You have blocked this person.").waitFor();

  journey.begin("checks a ticket");
  // A conversation fills a phone's screen, without the bar.
  await journey.open(page.getByRole("link", { name: "All chats" }), { back: true });
  await journey.open(bar.getByRole("link", { name: "Shop" }), { back: true });
  await page.waitForURL("**/shop");
  await journey.open(main.getByRole("link", { name: "My orders" }));
  await page.waitForURL("**/orders");
  await journey.open(main.getByRole("link", { name: "Sold" }));
  await journey.open(main.getByRole("link", { name: "Check tickets" }));
  await page.waitForURL("**/check-in");
  await journey.typeInto(page.getByLabel("Code of the ticket"), code);
  await journey.press("Enter");
  await main.getByRole("status").getByText("Come in").waitFor();

  journey.print("An artist, in English, 390 px, by keyboard");
});
