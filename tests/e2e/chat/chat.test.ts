import type { BrowserContext, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { seriousViolations } from "@/tests/support/clients/browser";
import { type BrowserAccount, signUpConfirmed } from "@/tests/support/clients/browser-accounts";
import { visit } from "@/tests/support/clients/browser-pages";
import { startBrowserTests } from "@/tests/support/clients/browser-tests";
import { tone } from "@/tests/support/factories/tone";

/** Two users chat, each in a separate browser; the connection comes and goes. */

const { app, openContext } = await startBrowserTests();

interface Person {
  context: BrowserContext;
  account: BrowserAccount;
}

async function person(name: string): Promise<Person> {
  const context = await openContext({ viewport: { width: 1280, height: 800 } });
  return { context, account: await signUpConfirmed(context, app, name) };
}

/** Two users and the chat between them. */
async function pair(other = "Boris Okay") {
  const [anna, boris] = [await person("Anna Reed"), await person(other)];
  const response = await anna.context.request.post("/api/chats", {
    data: { kind: "direct", userId: boris.account.id },
  });
  const chatId: string = (await response.json()).chat.id;
  return { anna, boris, chatId };
}

async function open({ context }: Person, path: string): Promise<Page> {
  const page = await context.newPage();
  await visit(page, path);
  return page;
}

const log = (page: Page) => page.getByRole("log", { name: "Messages" });
const messages = (page: Page) => log(page).getByRole("article");
const message = (page: Page, text: string) => messages(page).filter({ hasText: text });
const field = (page: Page) => page.getByRole("textbox", { name: "Message" });

async function sendText(page: Page, text: string): Promise<void> {
  await field(page).fill(text);
  await field(page).press("Enter");
}

/** Clicks a message's tool by the mouse. */
async function clickTool(page: Page, text: string, name: string): Promise<void> {
  await message(page, text).hover();
  await message(page, text).getByRole("button", { name, exact: true }).click();
}

async function stored({ context }: Person, chatId: string): Promise<string[]> {
  const response = await context.request.get(`/api/chats/${chatId}/messages`);
  const { items } = (await response.json()) as { items: { text: string }[] };
  return items.map(({ text }) => text);
}

describe("two users", () => {
  it("see each other's messages, edits and deletions", async () => {
    const { anna, boris, chatId } = await pair();
    const [here, there] = [await open(anna, `/chat/${chatId}`), await open(boris, `/chat/${chatId}`)];
    await sendText(here, "Hello, Boris");
    await message(there, "Hello, Boris").waitFor();
    await field(there).pressSequentially("And hello");
    await here.getByText("Boris Okay is typing…").waitFor();
    await field(there).press("Enter");
    await message(here, "And hello").waitFor();
    // The message was seen: it is marked as read.
    await message(here, "Hello, Boris").getByRole("img", { name: "Read" }).waitFor();

    await clickTool(here, "And hello", "Reply");
    await sendText(here, "An answer");
    await message(there, "An answer")
      .getByRole("button", { name: /^Go to the message:\s+Boris/ })
      .click();
    await expect
      .poll(() => there.evaluate(() => document.activeElement?.textContent ?? ""))
      .toContain("And hello");

    await clickTool(there, "An answer", "React");
    await message(there, "An answer").getByRole("button", { name: "React with 🔥" }).click();
    await message(here, "An answer").getByRole("button", { name: "🔥, 1 person" }).click();
    await message(there, "An answer").getByRole("button", { name: "🔥, 2 people" }).waitFor();

    await clickTool(there, "Hello, Boris", "Pin");
    await here.getByRole("button", { name: /^Pinned/ }).waitFor();

    await clickTool(here, "An answer", "Edit");
    await here.getByRole("textbox", { name: "Editing message" }).fill("A better answer");
    await here.keyboard.press("Enter");
    await message(there, "A better answer").getByText("edited").waitFor();

    await clickTool(here, "A better answer", "Delete");
    const question = here.getByRole("dialog", { name: "Delete this message?" });
    // A key held too long after opening it deletes nothing.
    await question.getByRole("button", { name: "Cancel" }).and(here.locator(":focus")).waitFor();
    await question.getByRole("button", { name: "Delete", exact: true }).click();
    await message(there, "Message deleted").waitFor();
    await message(here, "Message deleted").and(here.locator(":focus")).waitFor();
    expect(await message(there, "A better answer").count()).toBe(0);
    expect(await stored(anna, chatId)).toEqual(["Hello, Boris", "And hello", ""]);
  });

  it("see correct unread badges, which reading clears", async () => {
    const { anna, boris, chatId } = await pair();
    const otherPage = await open(boris, "/shop");
    const chats = otherPage.getByRole("navigation", { name: "Main" }).getByRole("link", { name: /^Chat, / });
    await chats.getByText("nothing new").waitFor({ state: "attached" });
    const here = await open(anna, `/chat/${chatId}`);
    for (const text of ["One", "Two", "Three"]) await sendText(here, text);
    await message(here, "Three").waitFor();
    await visit(otherPage, "/shop");
    await expect.poll(() => chats.textContent()).toContain("3 unread");
    await expect.poll(() => otherPage.title()).toMatch(/^\(3\) /);
    await chats.click();
    await otherPage.getByText("3 unread").first().waitFor({ state: "attached" });
    await otherPage.getByRole("link", { name: "Anna Reed" }).click();
    await otherPage.getByText("New messages").waitFor();
    await expect.poll(() => chats.textContent()).toContain("nothing new");
    await expect.poll(() => otherPage.title()).toMatch(/^Anna Reed/);
    await otherPage.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Shop" }).click();
    await otherPage.getByRole("heading", { name: "The merch table" }).waitFor();
  });
});

describe("a lost connection", () => {
  it("keeps unsent messages and delivers them once when it is back", async () => {
    const { anna, boris, chatId } = await pair();
    const here = await open(anna, `/chat/${chatId}`);
    const there = await open(boris, `/chat/${chatId}`);
    await sendText(here, "Before");
    await message(there, "Before").waitFor();
    await anna.context.setOffline(true);
    await sendText(here, "Into the silence");
    await sendText(here, "And after it");
    await here.getByText("Waiting to send").first().waitFor();
    await here.locator("[data-pending]").getByText("Will be sent when you're back online").first().waitFor();
    expect(await here.getByText("Not sent").count()).toBe(0);
    await anna.context.setOffline(false);
    await message(there, "And after it").waitFor();
    await expect.poll(() => here.locator("[data-pending]").count()).toBe(0);
    expect(await stored(anna, chatId)).toEqual(["Before", "Into the silence", "And after it"]);
  });

  it("delivers unsent messages once after a reload, also if the server already had one", async () => {
    const { anna, boris, chatId } = await pair();
    const here = await open(anna, `/chat/${chatId}`);
    // The server accepts the first message, and the response never arrives.
    await here.route(`**/api/chats/${chatId}/messages`, async (route) => {
      if (route.request().method() !== "POST") return route.continue();
      if (route.request().postData()?.includes("taken")) await route.fetch();
      return route.abort();
    });
    await here.route(`**/api/chats/${chatId}/messages?**`, (route) => route.abort());
    await here.route("**/api/realtime**", (route) => route.abort());
    await sendText(here, "taken, unanswered");
    await sendText(here, "not taken");
    await here.getByText("Waiting to send").first().waitFor();
    await here.close();
    const again = await open(anna, `/chat/${chatId}`);
    await message(again, "not taken").waitFor();
    await expect.poll(() => again.locator("[data-pending]").count()).toBe(0);
    expect(await stored(boris, chatId)).toEqual(["taken, unanswered", "not taken"]);
    expect(await messages(again).count()).toBe(2);
    expect(
      await again.evaluate(() => Object.keys(localStorage).filter((key) => key.includes("outbox"))),
    ).toEqual([]);
  });

  it("lets the author retry or discard a rejected message", async () => {
    const { anna, chatId } = await pair();
    const here = await open(anna, `/chat/${chatId}`);
    await here.route(`**/api/chats/${chatId}/messages`, (route) =>
      route.request().method() === "POST"
        ? route.fulfill({
            status: 400,
            json: { error: { code: "bad_request", message: "That will not do.", requestId: "r-1" } },
          })
        : route.continue(),
    );
    await sendText(here, "First");
    await here.getByText("That will not do.").waitFor();
    await here.getByText("Not sent").waitFor();
    expect(await here.getByText("Request ID: r-1").count()).toBe(1);
    await here.getByRole("button", { name: "Discard" }).click();
    await expect.poll(() => here.locator("[data-pending]").count()).toBe(0);
    await sendText(here, "Second");
    await here.getByText("That will not do.").waitFor();
    await here.unroute(`**/api/chats/${chatId}/messages`);
    await here.getByRole("button", { name: "Send again" }).click();
    await expect.poll(() => stored(anna, chatId)).toEqual(["Second"]);
  });
});

describe("a long conversation", () => {
  it("loads older pages and keeps its scroll position; a new message is one click away", async () => {
    const { anna, boris, chatId } = await pair();
    for (let n = 1; n <= 70; n++) {
      const response = await anna.context.request.post(`/api/chats/${chatId}/messages`, {
        data: { clientId: crypto.randomUUID(), text: `Line ${String(n)}.` },
      });
      // A user is rate limited per minute.
      if (response.status() === 429) n -= await pause(response.headers()["retry-after"]);
    }
    const there = await open(boris, `/chat/${chatId}`);
    await message(there, "Line 70.").waitFor();
    expect(await message(there, "Line 3.").count()).toBe(0);
    const scroller = log(there).locator("xpath=../..");
    await scroller.evaluate((element) => {
      element.scrollTop = -element.scrollHeight;
    });
    await message(there, "Line 3.").waitFor();
    await scroller.evaluate((element) => {
      element.scrollTop = -element.scrollHeight / 2;
    });
    const lineTop = () =>
      message(there, "Line 40.").evaluate((element) => element.getBoundingClientRect().top);
    await there.waitForTimeout(300);
    const before = await lineTop();
    const here = await open(anna, `/chat/${chatId}`);
    await sendText(here, "Brand new");
    await there.getByRole("button", { name: "1 new" }).waitFor();
    expect(Math.abs((await lineTop()) - before)).toBeLessThan(2);
    await there.getByRole("button", { name: "1 new" }).click();
    await expect.poll(() => message(there, "Brand new").isVisible()).toBe(true);
  });
});

async function pause(seconds = "1"): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1_000 + 100));
  return 1;
}

describe("a group", () => {
  it("is created, joined, renamed and left", async () => {
    const [anna, boris, vera] = [
      await person("Anna of Groups"),
      await person("Boris of Groups"),
      await person("Vera of Groups"),
    ];
    const here = await open(anna, "/chat/new");
    await here.getByRole("tab", { name: "Group" }).click();
    await here.getByLabel("Group name").fill("Night shift \u{1F319} Ночная смена");
    await here.getByLabel("Anyone can join").check();
    await here.getByRole("searchbox").fill("Boris of Gr");
    await here.getByRole("button", { name: "Add Boris of Groups" }).click();
    await here.getByRole("button", { name: "Create group" }).click();
    await here.waitForURL(/\/chat\/[0-9a-f-]{36}$/);
    await here.getByText("2 members").first().waitFor();

    const there = await open(boris, "/chat");
    await there
      .getByRole("link", { name: /^Night shift/ })
      .first()
      .waitFor();
    const joining = await open(vera, new URL(here.url()).pathname);
    expect(await joining.getByRole("log").count()).toBe(0);
    await joining.getByRole("button", { name: /^Join: / }).click();
    await field(joining).waitFor();
    await here.getByText("3 members").first().waitFor();
    await sendText(joining, "I am in");
    await message(here, "I am in").waitFor();

    const manage = here.getByRole("button", { name: "Members and settings" });
    await manage.click();
    const dialog = here.getByRole("dialog");
    await dialog.getByText("3 members").waitFor();
    await dialog.getByText("online").first().waitFor();
    expect(await seriousViolations(here)).toEqual([]);
    await dialog.getByLabel("Group name").fill("Day shift");
    await dialog.getByRole("button", { name: "Rename" }).click();
    await joining.getByRole("heading", { level: 1, name: "Day shift" }).waitFor();
    await here.keyboard.press("Escape");
    expect(await manage.evaluate((element) => element === document.activeElement)).toBe(true);

    await joining.getByRole("button", { name: "Members and settings" }).click();
    await joining.getByRole("button", { name: "Leave the group" }).click();
    await joining.getByRole("button", { name: "Yes, leave" }).click();
    await joining.waitForURL(/\/chat$/);
    await here.getByText("2 members").first().waitFor();
  });
});

describe("files", () => {
  it("upload when they are chosen, can be retried after a failure, and are shown by their type", async () => {
    const { anna, boris, chatId } = await pair();
    const [here, there] = [await open(anna, `/chat/${chatId}`), await open(boris, `/chat/${chatId}`)];
    await here.waitForLoadState("networkidle");
    await here.route("**/api/media", (route) => route.abort(), { times: 1 });
    await here
      .getByLabel("Files to attach")
      .setInputFiles([{ name: "cover.png", mimeType: "image/png", buffer: PNG }]);
    await here.getByRole("button", { name: "Upload again: cover.png" }).click();
    await here.getByLabel("Files to attach").setInputFiles([
      { name: "words.txt", mimeType: "text/plain", buffer: Buffer.from("la la la") },
      { name: "tone.wav", mimeType: "audio/wav", buffer: tone(3) },
    ]);
    await expect.poll(() => here.getByRole("progressbar").count()).toBe(0);
    await here.getByRole("button", { name: "Send", exact: true }).click();
    const files = messages(there).last();
    await files.getByRole("img", { name: "cover.png" }).waitFor();
    expect(
      await files
        .getByRole("img", { name: "cover.png" })
        .evaluate((image) => (image as HTMLImageElement).decode().then(() => true)),
    ).toBe(true);
    await files.getByRole("link", { name: /words\.txt/ }).waitFor();
    await files.getByRole("button", { name: "Play: tone.wav" }).click();
    await files.getByRole("button", { name: "Pause: tone.wav" }).waitFor();
    expect(await seriousViolations(there)).toEqual([]);
  });
});

/** Eight by eight pixels, one colour. */
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR42mM4EbUAK2IYWhIA/01wgW0dWOEAAAAASUVORK5CYII=",
  "base64",
);

describe("with the keyboard only", () => {
  it("a user finds another user, writes, moves among the messages, and uses their tools", async () => {
    const { anna, boris } = await pair("Boris of the Keys");
    const page = await open(anna, "/chat/new");
    await page.getByRole("searchbox").focus();
    await page.keyboard.type("of the Key");
    const write = page.getByRole("button", { name: "Write to Boris of the Keys" });
    await write.waitFor();
    await write.focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/chat\/[0-9a-f-]{36}$/);
    await field(page).focus();
    await page.keyboard.type("First{");
    await page.keyboard.press("Enter");
    await page.keyboard.type("Hey @bor");
    await page.getByRole("option", { name: /Boris of the Keys/ }).waitFor();
    await page.keyboard.press("Enter");
    await page.keyboard.type("listen");
    await page.keyboard.press("Enter");
    await message(page, "@Boris of the Keys listen").waitFor();
    const chatId = new URL(page.url()).pathname.split("/")[2] ?? "";
    await expect
      .poll(() => stored(anna, chatId))
      .toEqual(["First{", `Hey @[Boris of the Keys](${boris.account.id}) listen`]);

    await message(page, "listen").focus();
    await page.keyboard.press("ArrowUp");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain("First{");
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe("React");
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Escape");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Cancel reply" }).waitFor();
    expect(await field(page).evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Cancel reply" }).waitFor({ state: "detached" });

    const search = page.getByRole("button", { name: "Search in this chat" });
    await search.focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.getByRole("searchbox").focus();
    await page.keyboard.type("listen");
    await page.getByText("1 message").waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await search.evaluate((element) => element === document.activeElement)).toBe(true);
  });
});

describe("the chat pages", () => {
  it("have no serious axe violations in both themes, and are readable without scripts", async () => {
    const { anna, boris, chatId } = await pair();
    for (const [who, text] of [
      [anna, "A question https://example.com/a?b=c."],
      [boris, "An answer"],
    ] as const) {
      await who.context.request.post(`/api/chats/${chatId}/messages`, {
        data: { clientId: crypto.randomUUID(), text },
      });
    }
    const page = await open(anna, "/chat");
    for (const theme of ["dark", "light"]) {
      await page.evaluate((name) => localStorage.setItem("theme", name), theme);
      for (const path of ["/chat", "/chat/new", `/chat/${chatId}`, "/chat/not-there"]) {
        await visit(page, path);
        await page.waitForLoadState("networkidle");
        expect(await seriousViolations(page), `${path} ${theme}`).toEqual([]);
      }
      await visit(page, `/chat/${chatId}`);
      await message(page, "An answer").focus();
      expect(await seriousViolations(page), `tools ${theme}`).toEqual([]);
    }
    expect(await page.getByRole("link", { name: "https://example.com/a?b=c" }).getAttribute("rel")).toContain(
      "noopener",
    );
    const plain = await openContext({
      javaScriptEnabled: false,
      storageState: await anna.context.storageState(),
    });
    const read = await plain.newPage();
    await read.goto(`/chat/${chatId}`);
    expect(await messages(read).count()).toBe(2);
  });
});
