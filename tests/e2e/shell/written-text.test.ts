import type { BrowserContext, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import {
  type BrowserAccount,
  signInInBrowser,
  signUpInBrowser,
} from "@/tests/support/clients/browser-accounts";
import { startBrowserTests } from "@/tests/support/clients/browser-tests";

/** What users wrote, on every page that shows it: of any length, in any direction, with any number of line breaks. */

const { app, database, openContext } = await startBrowserTests();

interface Person {
  context: BrowserContext;
  account: BrowserAccount;
}

async function person(name: string): Promise<Person> {
  const context = await openContext({ viewport: { width: 360, height: 780 } });
  return { context, account: await signUpInBrowser(context, name) };
}

async function post<T>({ context }: Person, path: string, data: unknown): Promise<T> {
  const response = await context.request.post(path, { data });
  if (!response.ok()) throw new Error(`${path}: ${String(response.status())} ${await response.text()}`);
  return response.json();
}

interface World {
  artist: Person;
  buyer: Person;
  /** The pages that show what they wrote, by who opens them. */
  paths: { artist: string[]; buyer: string[] };
  chatId: string;
}

/** Two users who write `text` wherever a user may write: names, titles, tags, messages. */
async function createWorld(text: (maxLength: number) => string): Promise<World> {
  const [artist, buyer] = [await person(text(60)), await person(text(60))];
  await database.query(`UPDATE "User" SET role = 'artist', "confirmedAt" = now() WHERE id = $1`, [
    artist.account.id,
  ]);
  // Tokens contain the role, so the new one needs a new sign-in.
  expect(await signInInBrowser(artist.context, artist.account)).toBe(200);
  const { post: written } = await post<{ post: { id: string } }>(artist, "/api/posts", {
    title: text(120),
    text: text(400),
    tags: [text(20)],
  });
  const { product } = await post<{ product: { id: string } }>(artist, "/api/products", {
    ...{ kind: "ticket", title: text(100), description: text(400), priceMinor: 1_500, currency: "EUR" },
  });
  const { order } = await post<{ order: { id: string } }>(buyer, "/api/orders", {
    ...{ productId: product.id, quantity: 1, clientKey: crypto.randomUUID() },
  });
  const { chat } = await post<{ chat: { id: string } }>(artist, "/api/chats", {
    ...{ kind: "group", title: text(80), open: true, memberIds: [buyer.account.id] },
  });
  const messages = `/api/chats/${chat.id}/messages`;
  const { message } = await post<{ message: { id: string } }>(artist, messages, {
    clientId: crypto.randomUUID(),
    text: `${text(200)} @[x](${buyer.account.id}) ${app.url}/posts/${written.id}`,
  });
  await post(buyer, messages, { clientId: crypto.randomUUID(), text: text(200), replyToId: message.id });
  const both = ["/", `/posts/${written.id}`, "/shop", `/shop/${product.id}`];
  both.push("/chat", `/chat/${chat.id}`, "/chat/new", "/notifications", "/me", "/u/me");
  return {
    ...{ artist, buyer, chatId: chat.id },
    paths: {
      artist: [...both, "/orders?as=seller", "/posts/new", "/shop/new"],
      buyer: [...both, "/orders", `/orders/${order.id}`],
    },
  };
}

/** Opens each page of both users. */
async function visit({ artist, buyer, paths }: World, check: (page: Page, path: string) => Promise<void>) {
  await expect
    .poll(async () => (await (await buyer.context.request.get("/api/notifications")).json()).items.length)
    .toBeGreaterThan(1);
  for (const [who, list] of [
    [artist, paths.artist],
    [buyer, paths.buyer],
  ] as const) {
    const page = await who.context.newPage();
    for (const path of list) {
      await page.goto(path);
      await check(page, path);
    }
    await page.close();
  }
}

/** Runs from right to left. A number after it would stand before it in a sentence. */
const HEBREW = "\u05E9\u05DC\u05D5\u05DD";

describe("what users wrote", () => {
  it("fits on a phone, however long its words are", async () => {
    const world = await createWorld((maxLength) => "W".repeat(maxLength));
    const tooWide: string[] = [];
    await visit(world, async (page, path) => {
      for (const width of [360, 1280]) {
        await page.setViewportSize({ width, height: 780 });
        const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (excess > 0) tooWide.push(`${path} at ${String(width)} px: by ${String(excess)} px`);
      }
    });
    expect(tooWide).toEqual([]);
  });

  it("keeps its direction and does not change that of the text around it", async () => {
    const world = await createWorld((maxLength) => `${HEBREW} 12`.slice(0, maxLength));
    const bare: string[] = [];
    let shown = 0;
    await visit(world, async (page, path) => {
      const found = await page.evaluate((word) => {
        const problems: string[] = [];
        let count = 0;
        // U+2068 FIRST STRONG ISOLATE … U+2069 POP DIRECTIONAL ISOLATE
        const isIsolated = (text: string) => !text.replace(/\u2068[^\u2069]*\u2069/g, "").includes(word);
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
          const text = node.textContent ?? "";
          if (!text.includes(word) || node.parentElement?.closest("script,style")) continue;
          count += 1;
          if (!node.parentElement?.closest("bdi,[dir=auto]") && !isIsolated(text))
            problems.push(`${node.parentElement?.tagName ?? ""}: ${text.slice(0, 60)}`);
        }
        for (const element of document.querySelectorAll("[aria-label],[alt]")) {
          for (const name of ["aria-label", "alt"]) {
            const value = element.getAttribute(name) ?? "";
            // A label that is nothing else needs no isolation.
            if (value.startsWith(word) || isIsolated(value)) continue;
            problems.push(`${element.tagName} ${name}: ${value}`);
          }
        }
        if (!isIsolated(document.title)) problems.push(`title: ${document.title}`);
        return { problems, count };
      }, HEBREW);
      bare.push(...found.problems.map((problem) => `${path} ${problem}`));
      shown += found.count;
    });
    expect(bare).toEqual([]);
    expect(shown).toBeGreaterThan(30);
  });

  it("begins collapsed when it is very tall, and is shown whole on a click or without scripts", async () => {
    const { artist, buyer, chatId } = await createWorld(() => "short");
    const text = `first${"\n".repeat(99)}last`;
    await post(artist, `/api/chats/${chatId}/messages`, { clientId: crypto.randomUUID(), text });
    const { post: written } = await post<{ post: { id: string } }>(artist, "/api/posts", {
      ...{ title: "Tall", text: `first${"\n".repeat(299)}last`, tags: [] },
    });
    const page = await buyer.context.newPage();
    await page.setViewportSize({ width: 360, height: 780 });
    for (const [path, maxHeight] of [
      [`/chat/${chatId}`, 600],
      [`/posts/${written.id}`, 4_000],
    ] as const) {
      await page.goto(path);
      const tall = page.locator("p").filter({ hasText: /^first\s+last$/ });
      const height = () => tall.evaluate((element) => element.getBoundingClientRect().height);
      await expect.poll(height).toBeLessThan(maxHeight);
      await page.getByRole("button", { name: "Show more" }).click();
      await expect.poll(height).toBeGreaterThan(maxHeight);
      await page.getByRole("button", { name: "Show less" }).click();
      await expect.poll(height).toBeLessThan(maxHeight);
    }
    const plain = await openContext({ javaScriptEnabled: false });
    await plain.addCookies(await buyer.context.cookies());
    const withoutScripts = await plain.newPage();
    await withoutScripts.goto(`/chat/${chatId}`);
    const box = await withoutScripts
      .locator("p")
      .filter({ hasText: /^first\s+last$/ })
      .boundingBox();
    expect(box?.height).toBeGreaterThan(600);
    expect(await withoutScripts.getByRole("button", { name: "Show more" }).isVisible()).toBe(false);
  });
});
