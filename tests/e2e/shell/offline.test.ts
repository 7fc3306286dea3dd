import type { BrowserContext, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { type BrowserAccount, signUpConfirmed } from "@/tests/support/clients/browser-accounts";
import { visit, waitForHydration } from "@/tests/support/clients/browser-pages";
import { startBrowserTests } from "@/tests/support/clients/browser-tests";
import { waitUntil } from "@/tests/support/clients/wait-until";

/** What a browser shows of the app without a connection, and to whom. */

const { app, openContext } = await startBrowserTests();

const TEST_LIMIT_MS = 120_000;

interface Person {
  context: BrowserContext;
  account: BrowserAccount;
}

async function person(name: string, locale = "en-US"): Promise<Person> {
  const viewport = { width: 390, height: 844 };
  const context = await openContext({ locale, viewport, serviceWorkers: "allow" });
  return { context, account: await signUpConfirmed(context, app, name) };
}

async function send({ context }: Person, path: string, data: object) {
  const response = await context.request.post(path, { data });
  expect(response.ok(), await response.text()).toBe(true);
  return response.json();
}

const write = (from: Person, chatId: string, text: string) =>
  send(from, `/api/chats/${chatId}/messages`, { clientId: crypto.randomUUID(), text });

async function openDirect(from: Person, to: Person): Promise<string> {
  return (await send(from, "/api/chats", { kind: "direct", userId: to.account.id })).chat.id;
}

async function publish(author: Person, title: string): Promise<string> {
  return `/posts/${(await send(author, "/api/posts", { title })).post.id}`;
}

async function storedTexts({ context }: Person, chatId: string): Promise<string[]> {
  const response = await context.request.get(`/api/chats/${chatId}/messages`);
  return ((await response.json()) as { items: { text: string }[] }).items.map(({ text }) => text);
}

/** The first page of a browser: the service worker is installed by it and passes those that follow. */
async function openFirstPage({ context }: Person): Promise<Page> {
  const page = await context.newPage();
  await visit(page, "/sign-in");
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await waitUntil("the worker controls the page", () =>
    page.evaluate(() => navigator.serviceWorker.controller !== null),
  );
  return page;
}

/** By cache, the paths in it. */
const cachedPaths = (page: Page) =>
  page.evaluate(async () => {
    const names = await caches.keys();
    const entries = await Promise.all(
      names.map(async (name) => {
        const requests = await (await caches.open(name)).keys();
        return [name, requests.map(({ url }) => new URL(url).pathname)] as const;
      }),
    );
    return Object.fromEntries(entries) as Record<string, string[]>;
  });

const keptPaths = async (page: Page) =>
  Object.entries(await cachedPaths(page)).flatMap(([name, paths]) => (name.includes(":pages:") ? paths : []));

async function visitAndKeep(page: Page, path: string): Promise<void> {
  await visit(page, path);
  await waitUntil(`${path} is kept`, async () => (await keptPaths(page)).includes(path));
}

const notice = (page: Page) => page.locator(".offline-notice");
const field = (page: Page) => page.getByRole("textbox", { name: "Message" });
const message = (page: Page, text: string) => page.getByRole("log").getByText(text);

describe("without a connection", () => {
  it("what was seen opens and says so, and a message waits there and is sent once", {
    timeout: TEST_LIMIT_MS,
  }, async () => {
    const [anna, boris] = [await person("Anna Reed"), await person("Boris Okay")];
    const chatId = await openDirect(anna, boris);
    await write(boris, chatId, "See you at nine");
    const postPath = await publish(anna, "Snow on the canal");
    const page = await openFirstPage(anna);
    await visitAndKeep(page, `/chat/${chatId}`);
    await visitAndKeep(page, postPath);
    expect(await notice(page).isVisible()).toBe(false);

    await anna.context.setOffline(true);
    await notice(page).getByText("You are offline. What you write").waitFor();
    await page.reload();
    await page.getByRole("heading", { level: 1, name: "Snow on the canal" }).waitFor();
    await notice(page).getByText("You are offline: this is what you saw on").waitFor();

    await visit(page, `/chat/${chatId}`);
    await message(page, "See you at nine").waitFor();
    await field(page).fill("I will be there");
    await field(page).press("Enter");
    await message(page, "I will be there").waitFor();
    await page.reload();
    await waitForHydration(page);
    await message(page, "I will be there").waitFor();
    expect(await storedTexts(boris, chatId)).toEqual(["See you at nine"]);

    await anna.context.setOffline(false);
    await waitUntil("the message is sent", async () => (await storedTexts(boris, chatId)).length > 1);
    await notice(page).waitFor({ state: "hidden" });
    await page.reload();
    await message(page, "I will be there").waitFor();
    expect(await storedTexts(boris, chatId)).toEqual(["See you at nine", "I will be there"]);
  });

  it("another page lists those that open, and a link inside a kept page leads to its document", {
    timeout: TEST_LIMIT_MS,
  }, async () => {
    const mira = await person("Мира", "ru-RU");
    const postPath = await publish(mira, "Снег & <лёд>");
    const page = await openFirstPage(mira);
    await visitAndKeep(page, "/shop");
    await visitAndKeep(page, postPath);
    await mira.context.setOffline(true);
    await page.goto("/orders");
    await page.getByRole("heading", { level: 1, name: "Вы не в сети" }).waitFor();
    const links = page.getByRole("main").getByRole("listitem");
    expect(await links.locator("bdi").allTextContents()).toEqual([
      expect.stringContaining("Снег & <лёд>"),
      "Лавка у сцены",
    ]);
    await links.first().getByRole("link").click();
    await page.getByRole("heading", { level: 1, name: "Снег & <лёд>" }).waitFor();
    await notice(page).getByText("Нет связи. Вот какой вы видели эту страницу").waitFor();
    await waitForHydration(page);
    await page.getByRole("navigation").getByRole("link", { name: "Магазин" }).last().click();
    await page.waitForURL("**/shop");
    await page.getByRole("heading", { level: 1 }).waitFor();
    await notice(page).waitFor();
  });

  it("keeps a page that was reached by a link, once it is read", { timeout: TEST_LIMIT_MS }, async () => {
    const anna = await person("Anna Reed");
    const page = await openFirstPage(anna);
    await visitAndKeep(page, "/");
    await page.getByRole("navigation").getByRole("link", { name: "Shop" }).last().click();
    await page.waitForURL("**/shop");
    await waitUntil("the shop is kept", async () => (await keptPaths(page)).includes("/shop"));
    await anna.context.setOffline(true);
    await page.reload();
    await notice(page).getByText("this is what you saw on").waitFor();
    await page.getByRole("heading", { level: 1 }).waitFor();
  });
});

describe("what is kept", () => {
  it("is neither of the API nor of accounts, orders and forms, and shows what is new when there is a connection", {
    timeout: TEST_LIMIT_MS,
  }, async () => {
    const [anna, boris] = [await person("Anna Reed"), await person("Boris Okay")];
    const chatId = await openDirect(anna, boris);
    const page = await openFirstPage(anna);
    for (const path of ["/me", "/me/devices", "/orders", "/bonuses", "/chat/new", "/posts/new"])
      await visit(page, path);
    await visitAndKeep(page, `/chat/${chatId}`);
    await write(boris, chatId, "Something new");
    await page.reload();
    await message(page, "Something new").waitFor();
    const { [`normaldance:pages:1:${anna.account.id}`]: pages, ...others } = await cachedPaths(page);
    expect(pages).toEqual([`/chat/${chatId}`]);
    expect(Object.keys(others)).toEqual(["normaldance:files:1"]);
    expect(others["normaldance:files:1"]?.filter((path) => !path.startsWith("/_next/static/"))).toEqual([]);
    // Of the worker, not of the page: it has requested the page's scripts from the cache.
    expect(others["normaldance:files:1"]?.some((path) => path.endsWith(".js"))).toBe(true);
  });

  it("is deleted when its owner signs out", { timeout: TEST_LIMIT_MS }, async () => {
    const anna = await person("Anna Reed");
    const postPath = await publish(anna, "Only for a while");
    const page = await openFirstPage(anna);
    await visitAndKeep(page, postPath);
    await visit(page, "/me");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL((url) => url.pathname === "/");
    await waitUntil("nothing of the account is left", async () => {
      const caches = Object.keys(await cachedPaths(page));
      return !caches.some((name) => name.includes(anna.account.id));
    });
    expect((await keptPaths(page)).filter((path) => path !== "/")).toEqual([]);
    await anna.context.setOffline(true);
    await page.goto(postPath);
    await page.getByRole("heading", { level: 1, name: "You are offline" }).waitFor();
  });

  it("is never shown to whoever signs in next, however that is done", {
    timeout: TEST_LIMIT_MS,
  }, async () => {
    const [anna, boris] = [await person("Anna Reed"), await person("Boris Okay")];
    const chatId = await openDirect(anna, boris);
    await write(anna, chatId, "Between us");
    const page = await openFirstPage(anna);
    await visitAndKeep(page, `/chat/${chatId}`);
    // Past the pages, which would delete them themselves.
    const cookies = (await boris.context.cookies()).filter(({ name }) => name.startsWith("nd_"));
    await anna.context.addCookies(cookies);
    await visitAndKeep(page, "/shop");
    expect(Object.keys(await cachedPaths(page)).filter((name) => name.includes(":pages:"))).toEqual([
      `normaldance:pages:1:${boris.account.id}`,
    ]);
    await anna.context.setOffline(true);
    await page.goto(`/chat/${chatId}`);
    await page.getByRole("heading", { level: 1, name: "You are offline" }).waitFor();
    expect(await page.getByText("Between us").count()).toBe(0);
  });

  it("of an older format is deleted when the worker is replaced", { timeout: TEST_LIMIT_MS }, async () => {
    const anna = await person("Anna Reed");
    const page = await openFirstPage(anna);
    await page.evaluate(async () => {
      await caches.open("normaldance:pages:0:somebody");
      for (const worker of await navigator.serviceWorker.getRegistrations()) await worker.unregister();
    });
    await page.reload();
    await waitUntil("the old cache is deleted", async () =>
      Object.keys(await cachedPaths(page)).every((name) => !name.includes(":0:")),
    );
  });
});
