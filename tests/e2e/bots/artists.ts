import { Client } from "pg";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { openContext, signInInBrowser, signUpInBrowser } from "@/tests/support/clients/browser-accounts";
import { openTab } from "@/tests/support/clients/browser-pages";
import { botIdOf, newToken, openPhone, type Phone } from "@/tests/support/clients/telegram";
import type { App } from "@/tests/support/processes/running-app";
import { workerApp, workerBrowser } from "@/tests/support/processes/worker";

/** Artists with bots of their own: their pages in Chromium, and phones of the local Telegram that write to the bots. */
export class Artists {
  readonly #contexts: BrowserContext[] = [];

  private constructor(
    readonly app: App,
    readonly database: Client,
    readonly browser: Browser,
  ) {}

  static async open(): Promise<Artists> {
    const [app, browser] = await Promise.all([workerApp(), workerBrowser()]);
    const database = new Client({ connectionString: app.env.DATABASE_URL });
    await database.connect();
    return new Artists(app, database, browser);
  }

  async close(): Promise<void> {
    await Promise.all(this.#contexts.map((context) => context.close()));
    await this.database.end();
    await this.browser.close();
  }

  /** A new artist, signed in. */
  async signUp(
    name: string,
    options: BrowserContextOptions = {},
  ): Promise<{ context: BrowserContext; id: string }> {
    const viewport = { width: 1440, height: 900 };
    const context = await openContext(this.browser, this.app, { viewport, ...options });
    this.#contexts.push(context);
    const account = await signUpInBrowser(context, name);
    await this.database.query(`UPDATE "User" SET role = 'artist' WHERE id = $1`, [account.id]);
    const status = await signInInBrowser(context, account);
    if (status !== 200) throw new Error(`sign-in: ${String(status)}`);
    return { context, id: account.id };
  }

  /** A phone that writes to a bot, in English. */
  talkTo(telegramId: number): Promise<Phone> {
    const person = { firstName: "Tess", languageCode: "en" };
    return openPhone(this.app.env.TELEGRAM_API_ROOT ?? "", telegramId, person);
  }
}

/** Adds a bot by its token on the page, which then shows the bot. */
export async function addBot(
  context: BrowserContext,
  name: string,
): Promise<{ page: Page; telegramId: number }> {
  const token = newToken();
  const page = await openTab(context, "/bots");
  await page.getByLabel("Token").fill(token);
  await page.getByLabel("Name here").fill(name);
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("heading", { name, level: 1 }).waitFor();
  return { page, telegramId: botIdOf(token) };
}

export const textOf = async (phone: Phone) => (await phone.nextMessage()).text;

/** The list of nodes, or the node that is edited. */
export const side = (page: Page) => page.getByRole("region", { name: /^(Nodes|[A-Z].*: \w+)$/ });
export const field = (page: Page, name: string) => side(page).getByRole("textbox", { name });
export const openNode = (page: Page, id: string) => page.locator(`#node-${id}`).click();
export const backToList = (page: Page) => side(page).getByRole("button", { name: "All nodes" }).click();
export const toolbar = (page: Page) => page.getByRole("toolbar", { name: "Workflow actions" });

export async function publish(page: Page, version: number): Promise<void> {
  await toolbar(page).getByRole("button", { name: "Publish" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Publish" }).click();
  await page.getByText(`Version ${version} is published`).waitFor();
}
