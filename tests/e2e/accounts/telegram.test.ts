import type { BrowserContext, Page } from "playwright-core";
import { beforeAll, expect, it } from "vitest";
import { newId } from "@/lib/core/ids";
import { type BrowserAccount, signUpInBrowser } from "@/tests/support/clients/browser-accounts";
import { openTab, waitForHydration } from "@/tests/support/clients/browser-pages";
import { startBrowserTests } from "@/tests/support/clients/browser-tests";
import { waitUntil } from "@/tests/support/clients/wait-until";

/** A linked Telegram in the settings, in Chromium. */

const { database, openContext } = await startBrowserTests();

let context: BrowserContext;
let account: BrowserAccount;

beforeAll(async () => {
  context = await openContext();
  account = await signUpInBrowser(context);
});

/** Links the account with a Telegram user of the seed's bot. */
async function linkTelegram(): Promise<void> {
  await database.query(
    `INSERT INTO "BotPerson" (id, "projectId", "telegramId", "userId", name, language, "linkedAt")
     SELECT $1, id, $2, $3, 'Tess', 'en', now() FROM "BotProject" ORDER BY id LIMIT 1`,
    [newId(), 10 ** 9 + Math.floor(Math.random() * 10 ** 9), account.id],
  );
}

async function isNotified(): Promise<boolean | undefined> {
  const { rows } = await database.query(`SELECT "isNotified" FROM "BotPerson" WHERE "userId" = $1`, [
    account.id,
  ]);
  return rows[0]?.isNotified;
}

const focusedText = (page: Page) => page.evaluate(() => document.activeElement?.textContent);

it("a second click on the way to a code makes no second one, and the focus follows", async () => {
  const page = await openTab(context, "/me/devices");
  await page.getByRole("button", { name: "Link Telegram" }).dblclick();
  await page.getByText("Or send the bot:").waitFor();
  await expect.poll(() => focusedText(page)).toContain("?start=");
  const codes = await database.query(`SELECT id FROM "BotLinkCode" WHERE "userId" = $1`, [account.id]);
  expect(codes.rows).toHaveLength(1);
  await page.close();
});

it("notifications are switched on where Telegram is linked, and ending the link keeps the focus", async () => {
  const settings = await openTab(context, "/me/notifications");
  await settings.getByText("No Telegram is linked").waitFor();
  await linkTelegram();
  await settings.reload();
  await waitForHydration(settings);
  const control = settings.getByRole("switch", { name: "Send to Telegram too" });
  await control.press("Space");
  await waitUntil("the switch is saved", async () => (await isNotified()) === true);
  await settings.reload();
  await waitForHydration(settings);
  expect(await control.isChecked()).toBe(true);
  await settings.close();

  const devices = await openTab(context, "/me/devices");
  await devices.getByRole("button", { name: "Unlink" }).press("Enter");
  await devices.getByRole("button", { name: "Link Telegram" }).waitFor();
  expect(await focusedText(devices)).toBe("Telegram");
  expect(await devices.getByRole("status").allTextContents()).toContain("Unlinked");
  expect(await isNotified()).toBeUndefined();
  await devices.close();
});
