import { randomBytes } from "node:crypto";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { newId } from "@/lib/core/ids";
import { derivePorts } from "@/local/stack/settings";
import type { App } from "@/tests/support/processes/running-app";
import { waitUntil } from "./wait-until";

/** People with browsers of their own, for tests of what they see of their accounts. */

export const BROWSER_PASSWORD = "copper lantern tuesday";

export interface BrowserAccount {
  id: string;
  email: string;
  name: string;
}

/** So that limits by address do not meet, whoever asked before: the app must trust one proxy (`TRUST_PROXY=1`). */
export function newClientAddress(): string {
  return `10.${[...randomBytes(3)].join(".")}`;
}

/** A browser from an address of its own, in English. */
export function openContext(
  browser: Browser,
  app: Pick<App, "url">,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  return browser.newContext({
    locale: "en-US",
    baseURL: app.url,
    extraHTTPHeaders: { "x-forwarded-for": newClientAddress() },
    ...options,
  });
}

/** Opens a page in a tab of its own, and waits until a click on any of its buttons is one. */
export async function openTab(context: BrowserContext, path: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(path);
  // React leaves its mark on what it has taken over.
  await page.waitForFunction(() =>
    [...document.querySelectorAll("main button")].every((button) =>
      Object.keys(button).some((key) => key.startsWith("__reactProps")),
    ),
  );
  return page;
}

/** Signs somebody up in a browser, which is signed in then. */
export async function signUpInBrowser(context: BrowserContext, name = "Mira Kim"): Promise<BrowserAccount> {
  const email = `p-${newId()}@normaldance.test`;
  const answer = await context.request.post("/api/auth/sign-up", {
    data: { email, name, password: BROWSER_PASSWORD },
  });
  if (answer.status() !== 201) throw new Error(`sign-up: ${String(answer.status())} ${await answer.text()}`);
  return { id: (await answer.json()).user.id, email, name };
}

/** @returns the status */
export async function signInInBrowser(
  context: BrowserContext,
  { email }: Pick<BrowserAccount, "email">,
  password = BROWSER_PASSWORD,
): Promise<number> {
  return (await context.request.post("/api/auth/sign-in", { data: { email, password } })).status();
}

/** An access token of a session of its own, so that the browser's stays as it is. */
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
 * The link with this path in a mail to an address, once it has come.
 * @param except  one that came before: of several the newest alone opens anything
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
