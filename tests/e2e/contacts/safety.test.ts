import type { BrowserContext, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { seriousViolations } from "@/tests/support/clients/browser";
import {
  type BrowserAccount,
  signUpConfirmed,
  signUpInBrowser,
} from "@/tests/support/clients/browser-accounts";
import { openTab, visit } from "@/tests/support/clients/browser-pages";
import { startBrowserTests } from "@/tests/support/clients/browser-tests";

/** What a person does about another one, by what is on the screen. */

const { app, database, openContext } = await startBrowserTests();

const TEST_LIMIT_MS = 120_000;

interface Person {
  context: BrowserContext;
  account: BrowserAccount;
  handle: string;
}

async function person(name: string, isConfirmed = true): Promise<Person> {
  const context = await openContext({ viewport: { width: 1280, height: 800 } });
  const account = isConfirmed
    ? await signUpConfirmed(context, app, name)
    : await signUpInBrowser(context, name);
  const { rows } = await database.query(`SELECT handle FROM "User" WHERE id = $1`, [account.id]);
  return { context, account, handle: rows[0].handle };
}

async function post<T>({ context }: Person, path: string, data: object): Promise<T> {
  const response = await context.request.post(path, { data });
  expect(response.ok(), await response.text()).toBe(true);
  return (await response.json()) as T;
}

const createGroup = async (owner: Person, members: readonly Person[]) =>
  (
    await post<{ chat: { id: string } }>(owner, "/api/chats", {
      ...{ kind: "group", title: "Night shift" },
      memberIds: members.map(({ account }) => account.id),
    })
  ).chat.id;
const openDirect = async (from: Person, to: Person) =>
  (await post<{ chat: { id: string } }>(from, "/api/chats", { kind: "direct", userId: to.account.id })).chat
    .id;
const send = (from: Person, chatId: string, text: string) =>
  post<{ message: { id: string } }>(from, `/api/chats/${chatId}/messages`, {
    clientId: crypto.randomUUID(),
    text,
  });
const field = (page: Page) => page.getByRole("textbox", { name: "Message" });
const confirm = (page: Page, name: string) =>
  page.getByRole("dialog").getByRole("button", { name, exact: true }).click();

describe("a block", () => {
  it("closes the chat on both open pages, and opens it when it is lifted in the settings", {
    timeout: TEST_LIMIT_MS,
  }, async () => {
    const [anna, boris] = [await person("Anna Reed"), await person("Boris Okay")];
    const page = await openTab(anna.context, `/u/${boris.handle}`);
    await page.getByRole("button", { name: "Write" }).click();
    await field(page).fill("Hello");
    await field(page).press("Enter");
    const chatPath = new URL(page.url()).pathname;
    const there = await openTab(boris.context, chatPath);
    await field(there).waitFor();

    await visit(page, `/u/${boris.handle}`);
    await page.getByRole("button", { name: /^Block/ }).click();
    expect(await seriousViolations(page)).toEqual([]);
    await confirm(page, "Block");
    await page.getByRole("button", { name: /^Unblock/ }).waitFor();
    await there.getByText("You cannot write to this person.").waitFor();
    expect(await field(there).count()).toBe(0);

    await visit(page, chatPath);
    await page.getByText("You have blocked this person.").waitFor();
    await visit(page, "/me/contacts");
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole("button", { name: /^Unblock/ }).click();
    await page.getByText("You haven't blocked anyone.").waitFor();
    await field(there).waitFor();
  });

  it("collapses the messages in a shared group until they are asked for", {
    timeout: TEST_LIMIT_MS,
  }, async () => {
    const [anna, boris] = [await person("Anna Reed"), await person("Boris Okay")];
    const chatId = await createGroup(anna, [boris]);
    const { message: hurting } = await send(boris, chatId, "Words that hurt");
    const reply = { clientId: crypto.randomUUID(), text: "Please do not", replyToId: hurting.id };
    await post(anna, `/api/chats/${chatId}/messages`, reply);
    await post(anna, `/api/chats/${chatId}/messages/${hurting.id}/pin`, { pinned: true });
    const { id: other } = (
      await post<{ chat: { id: string } }>(anna, "/api/chats", {
        ...{ kind: "group", title: "Day shift", memberIds: [boris.account.id] },
      })
    ).chat;
    await send(boris, other, "More words that hurt");
    const blocked = await anna.context.request.put(`/api/people/${boris.handle}/block`, { data: {} });
    expect(blocked.status()).toBe(200);
    const page = await openTab(anna.context, `/chat/${chatId}`);
    const message = page.getByRole("log").getByRole("article").first();
    await message.getByText("Message from someone you blocked").waitFor();
    // Nor where it is quoted or pinned, nor the last message of another group in the list.
    await page.getByText("Please do not").first().waitFor();
    expect(await page.getByText(/words that hurt/i).count()).toBe(0);
    expect(await page.getByText("Message from someone you blocked").count()).toBe(4);
    await message.getByRole("button", { name: "Show" }).click();
    await message.getByText("Words that hurt").waitFor();
  });
});

describe("a chat", () => {
  it("of two that was left comes back with the next message", { timeout: TEST_LIMIT_MS }, async () => {
    const [anna, boris] = [await person("Anna Reed"), await person("Boris Okay")];
    const chatId = await openDirect(anna, boris);
    await send(boris, chatId, "Are you there?");
    const page = await openTab(anna.context, `/chat/${chatId}`);
    const entry = page.locator(`a[href="/chat/${chatId}"]`);
    await entry.waitFor();
    await page.getByRole("button", { name: "Leave the chat" }).click();
    await confirm(page, "Leave the chat");
    await page.waitForURL("**/chat");
    await entry.waitFor({ state: "detached" });
    await send(boris, chatId, "Hello?");
    await entry.waitFor();
  });

  it("ends at once for a member whom the owner removes", { timeout: TEST_LIMIT_MS }, async () => {
    const [anna, boris] = [await person("Anna Reed"), await person("Boris Okay")];
    const chatId = await createGroup(anna, [boris]);
    const there = await openTab(boris.context, `/chat/${chatId}`);
    const page = await openTab(anna.context, `/chat/${chatId}`);
    await page.getByRole("button", { name: "Members and settings" }).click();
    await page.getByRole("button", { name: "Remove Boris Okay from the group" }).click();
    await page.getByRole("dialog").last().getByRole("button", { name: "Remove", exact: true }).click();
    await there.getByText("You're no longer in this conversation.").waitFor();
    await page.getByRole("heading", { name: "1 member" }).waitFor();
  });
});

it("writing to a stranger with an unconfirmed address is refused, with the way to confirm it", {
  timeout: TEST_LIMIT_MS,
}, async () => {
  const [anna, boris] = [await person("Anna Reed", false), await person("Boris Okay")];
  const page = await openTab(anna.context, `/u/${boris.handle}`);
  await page.getByRole("button", { name: "Write" }).click();
  await page.getByRole("link", { name: "Confirm your email" }).click();
  await page.waitForURL("**/me#email");
});

it("a reported message is in the console, where it is dismissed", { timeout: TEST_LIMIT_MS }, async () => {
  const [anna, boris] = [await person("Anna Reed"), await person("Boris Okay")];
  const chatId = await createGroup(anna, [boris]);
  const text = `Buy followers ${crypto.randomUUID()}`;
  await send(boris, chatId, text);
  const page = await openTab(anna.context, `/chat/${chatId}`);
  const message = page.getByRole("log").getByRole("article").filter({ hasText: text });
  await message.hover();
  await message.getByRole("button", { name: "Report" }).click();
  await page.getByRole("dialog").getByRole("radio", { name: "Something else" }).check();
  await page.getByRole("dialog").getByRole("textbox", { name: "What is it?" }).fill("It is a robot");
  expect(await seriousViolations(page)).toEqual([]);
  await page.getByRole("button", { name: "Send report" }).click();
  await page.getByText("Thank you. We'll look at it.").waitFor();

  const admin = await openContext();
  const data = { email: "admin@normaldance.test", password: "normaldance" };
  expect((await admin.request.post("/api/auth/sign-in", { data })).status()).toBe(200);
  const desk = await openTab(admin, "/admin/reports");
  const card = desk.getByRole("article").filter({ hasText: text });
  await card.getByText("It is a robot").waitFor();
  expect(await seriousViolations(desk)).toEqual([]);
  await card.getByRole("button", { name: "Dismiss" }).click();
  await desk.getByRole("dialog").getByLabel("Reason, for the audit log").fill("A test");
  await confirm(desk, "Dismiss");
  await card.waitFor({ state: "detached" });
  await visit(desk, "/admin/reports?state=dismissed");
  await card.getByText("A test").waitFor();
});
