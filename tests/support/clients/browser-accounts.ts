import { randomBytes } from "node:crypto";
import { Client } from "pg";
import type { Browser, BrowserContext, BrowserContextOptions } from "playwright-core";
import { newId } from "@/lib/core/ids";
import { derivePorts } from "@/local/stack/settings";
import type { App } from "@/tests/support/processes/running-app";
import { waitUntil } from "./wait-until";

/** Accounts with browser contexts of their own, for tests of what a user sees of an account. */

export const BROWSER_PASSWORD = "copper lantern tuesday";

export interface BrowserAccount {
  id: string;
  email: string;
  name: string;
}

/** A new address, so that no two tests share a per-address limit. The app must trust one proxy (`TRUST_PROXY=1`). */
export function newClientAddress(): string {
  return `10.${[...randomBytes(3)].join(".")}`;
}

/**
 * A browser context with an English locale and a client address that no other test uses. Without the service worker,
 * whose requests `page.route` does not see, unless the test is about it (`serviceWorkers: "allow"`).
 */
export function openContext(
  browser: Browser,
  app: Pick<App, "url">,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  return browser.newContext({
    locale: "en-US",
    serviceWorkers: "block",
    baseURL: app.url,
    extraHTTPHeaders: { "x-forwarded-for": newClientAddress() },
    ...options,
  });
}

/** Signs up a new user; the browser context is signed in afterwards. */
export async function signUpInBrowser(context: BrowserContext, name = "Mira Kim"): Promise<BrowserAccount> {
  const email = `p-${newId()}@normaldance.test`;
  const response = await context.request.post("/api/auth/sign-up", {
    data: { email, name, password: BROWSER_PASSWORD },
  });
  if (response.status() !== 201)
    throw new Error(`sign-up: ${String(response.status())} ${await response.text()}`);
  return { id: (await response.json()).user.id, email, name };
}

/** The same with a confirmed address, set in the database: such a user may write to strangers. */
export async function signUpConfirmed(
  context: BrowserContext,
  { env }: Pick<App, "env">,
  name?: string,
): Promise<BrowserAccount> {
  const account = await signUpInBrowser(context, name);
  const database = new Client({ connectionString: env.DATABASE_URL });
  await database.connect();
  await database.query(`UPDATE "User" SET "confirmedAt" = now() WHERE id = $1`, [account.id]);
  await database.end();
  return account;
}

/** @returns the HTTP status */
export async function signInInBrowser(
  context: BrowserContext,
  { email }: Pick<BrowserAccount, "email">,
  password = BROWSER_PASSWORD,
): Promise<number> {
  return (await context.request.post("/api/auth/sign-in", { data: { email, password } })).status();
}

/** Signs in as one of the seed's users, by the part of their address before the @. */
export async function signInAsDemo(context: BrowserContext, who: string): Promise<void> {
  const status = await signInInBrowser(context, { email: `${who}@normaldance.test` }, "normaldance");
  if (status !== 200) throw new Error(`sign-in as ${who}: ${String(status)}`);
}

/** An access token of a separate session, so that the browser's session is not touched. */
export async function signInForToken(url: string, { email }: Pick<BrowserAccount, "email">): Promise<string> {
  const response = await fetch(`${url}/api/auth/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password: BROWSER_PASSWORD, tokens: "body" }),
  });
  return ((await response.json()) as { accessToken: string }).accessToken;
}

const MAILBOX_PAUSE_MS = 50;

interface MailboxMessage {
  id: string;
  subject: string;
  text: string;
}

/**
 * Waits for a mail to an address that links to this path.
 * @param except  a link of an earlier mail to skip: only the newest link of several is valid
 * @returns the link
 */
export async function waitForMailedLink(
  app: App,
  address: string,
  path: string,
  except?: string,
): Promise<string> {
  const mailbox = `http://localhost:${String(derivePorts(Number(new URL(app.url).port)).mailbox)}`;
  let found: string | undefined;
  await waitUntil(
    `a mail to ${address} with a link to ${path}`,
    async () => {
      const list = await fetch(`${mailbox}/api/messages?${new URLSearchParams({ to: address }).toString()}`);
      const { items } = (await list.json()) as { items: MailboxMessage[] };
      const texts = await Promise.all(
        items.map(async ({ id }) => {
          const mail = (await (await fetch(`${mailbox}/api/messages/${id}`)).json()) as MailboxMessage;
          return mail.text.match(/https?:\/\/\S+/g) ?? [];
        }),
      );
      found = texts.flat().find((link) => new URL(link).pathname === path && link !== except);
      return found !== undefined;
    },
    MAILBOX_PAUSE_MS,
  );
  return found ?? "";
}
