import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { PATCH as changePreferences, GET as readPreferences } from "@/app/api/me/preferences/route";
import { sweepChats, unlink } from "@/lib/bot";
import type { Caller } from "@/lib/core/access-token";
import { waitForDeferredWork } from "@/lib/core/defer";
import { newId } from "@/lib/core/ids";
import { db, transaction } from "@/lib/db";
import { anonymiseNotificationBatch } from "@/lib/notifications";
import { enqueue } from "@/lib/tasks";
import { call } from "@/tests/support/clients/call";
import { controlOf } from "@/tests/support/clients/telegram";
import { handleUntilTaken, pressUpdate, textUpdate } from "@/tests/support/factories/bot-updates";
import {
  createTestBot,
  findTestPerson,
  openLinkedPhone,
  openTestPhone,
  readMessages,
  type TestBot,
} from "@/tests/support/factories/bots";
import { createPerson } from "@/tests/support/factories/people";
import { runTasks } from "@/tests/support/factories/shop";

const telegram = () => controlOf(process.env.TELEGRAM_API_ROOT ?? "");

let bot: TestBot;
beforeAll(async () => {
  bot = await createTestBot();
  // One message a second and chat would make each test wait.
  await telegram().setLimits({ enabled: false });
});
afterEach(() => telegram().setFaults({ calls: [] }));
afterAll(async () => {
  await telegram().setLimits({ enabled: true });
  await db().botProject.deleteMany({ where: { id: bot.id } });
});

const openLinked = (language = "en") => openLinkedPhone(bot, { language });
type Linked = Awaited<ReturnType<typeof openLinked>>;

const setting = async (as: Caller) => (await call(readPreferences, { as })).body.preferences.telegram;
const change = (as: Caller, body: unknown) => call(changePreferences, { method: "PATCH", as, body });

const sale = () => ({
  kind: "sale",
  data: { orderId: newId(), title: "Night <b>Bus</b>", amountMinor: 1_250, currency: "EUR", quantity: 2 },
});

/** Notifies the account as its task does. @returns the task's id */
async function notify(
  { userId }: Caller,
  notification: { kind: string; data: Record<string, string> } | ReturnType<typeof sale>,
) {
  const { id } = await transaction((tx) =>
    enqueue(tx, "notifications", { userId, ...notification }, { key: newId() }),
  );
  await runTasks([{ id, queue: "notifications" }]);
  await waitForDeferredWork();
  return id;
}

/** What the bot has sent, without what opened the chat. */
const shownTexts = async ({ phone }: Linked) =>
  (await phone.messages()).flatMap(({ from, text }) => (from?.is_bot ? [text ?? ""] : []));

const carried = ({ personId }: Linked) =>
  db().botMessage.findMany({
    where: { personId, notificationId: { not: null } },
    orderBy: { id: "asc" },
    select: { state: true, payload: true, notificationId: true },
  });

it.each([
  ["en", "🔔 Send them here", "Sold: Night <b>Bus</b> × 2\nFor €12.50", "🔕 Stop them"],
  ["ru", "🔔 Присылать сюда", "Продажа: Night <b>Bus</b> × 2\nНа сумму 12,50 €", "🔕 Не присылать"],
])("the bot turns them on and off, and they come once (%s)", async (language, turnOn, text, turnOff) => {
  const linked = await openLinked(language);
  const { sender, account, personId } = linked;
  expect(await setting(account)).toBe(false);
  await press("/notifications", turnOn);
  expect(await setting(account)).toBe(true);

  const first = sale();
  const taskId = await notify(account, first);
  await runTasks([{ id: taskId, queue: "notifications" }]);
  await waitForDeferredWork();
  const notification = await db().notification.findUniqueOrThrow({ where: { key: taskId } });
  expect(await carried(linked)).toEqual([{ state: "sent", payload: {}, notificationId: notification.id }]);
  const shown = (await shownTexts(linked)).at(-1)?.replaceAll("\u00a0", " ");
  expect(shown).toBe(`${text}\n\n${process.env.APP_URL}/orders/${first.data.orderId}`);

  await press("/notifications", turnOff);
  expect(await setting(account)).toBe(false);
  await notify(account, sale());
  expect(await carried(linked)).toHaveLength(1);
  expect(await db().notification.count({ where: { userId: account.userId } })).toBe(2);

  async function press(command: string, label: string) {
    await handleUntilTaken(bot, textUpdate(sender, command));
    const button = (await readMessages(personId)).at(-1)?.buttons.find((each) => each.text === label);
    await handleUntilTaken(bot, pressUpdate(sender, button?.data ?? ""));
  }
});

it("the settings turn them on; only kinds at `all` come", async () => {
  const linked = await openLinked();
  const { account } = linked;
  expect((await change(account, { telegram: true })).body.preferences.telegram).toBe(true);
  await change(account, { notifications: { mention: "off", sale: "quiet" } });
  await notify(account, sale());
  const mention = { chatId: newId(), messageId: newId(), authorName: "Ada" };
  await notify(account, { kind: "mention", data: mention });
  expect(await carried(linked)).toEqual([]);
  await change(account, { notifications: { sale: "all" } });
  await notify(account, sale());
  expect(await carried(linked)).toMatchObject([{ state: "sent" }]);
});

it("without a linked Telegram there is nothing to turn on", async () => {
  const account = await createPerson();
  expect(await setting(account)).toBeNull();
  expect(await change(account, { telegram: true })).toMatchObject({
    status: 409,
    body: { error: { code: "conflict" } },
  });
  expect((await change(account, { telegram: false })).status).toBe(200);
  const { sender, phone } = await openTestPhone(bot);
  await handleUntilTaken(bot, textUpdate(sender, "/notifications"));
  expect((await phone.nextMessage()).text).toContain("First link Telegram");
});

it("one that Telegram refused for now comes after its wait", async () => {
  const linked = await openLinked();
  await change(linked.account, { telegram: true });
  await telegram().setFaults({ calls: [refusal(linked)] });
  await notify(linked.account, sale());
  expect(await carried(linked)).toMatchObject([{ state: "pending", payload: { parse_mode: "HTML" } }]);
  const { sendingUntil } = await findTestPerson(bot, linked.sender);
  expect(sendingUntil?.getTime()).toBeGreaterThan(Date.now() + 25_000);
  await endWait(linked);
  expect(await carried(linked)).toMatchObject([{ state: "sent", payload: {} }]);
});

it.each([
  ["is turned off", ({ account }: Linked) => change(account, { telegram: false }), false],
  ["is unlinked", ({ account, personId }: Linked) => unlink(account, personId, {}), null],
])("what waits is dropped when Telegram %s, and nothing comes any more", async (_, stop, left) => {
  const linked = await openLinked();
  await change(linked.account, { telegram: true });
  await telegram().setFaults({ calls: [refusal(linked)] });
  await notify(linked.account, sale());
  const before = await shownTexts(linked);
  await stop(linked);
  await endWait(linked);
  await notify(linked.account, sale());
  expect(await carried(linked)).toMatchObject([{ state: "failed", payload: {} }]);
  expect(await shownTexts(linked)).toEqual(before);
  expect(await setting(linked.account)).toBe(left);
});

it("a blocked bot ends them until the user wants them again", async () => {
  const linked = await openLinked();
  const { account, phone } = linked;
  await change(account, { telegram: true });
  await phone.block();
  await notify(account, sale());
  expect(await carried(linked)).toMatchObject([{ state: "failed", payload: {} }]);
  expect(await setting(account)).toBe(false);
  await phone.unblock();
  await notify(account, sale());
  expect(await carried(linked)).toHaveLength(1);
  await change(account, { telegram: true });
  await notify(account, sale());
  expect(await carried(linked)).toMatchObject([{ state: "failed" }, { state: "sent" }]);
});

it("a paused bot is given none, and an artist's bot cannot have them", async () => {
  const linked = await openLinked();
  await change(linked.account, { telegram: true });
  await db().botProject.update({ where: { id: bot.id }, data: { state: "paused" } });
  await notify(linked.account, sale());
  await db().botProject.update({ where: { id: bot.id }, data: { state: "active", isAdministrators: false } });
  await notify(linked.account, sale());
  await db().botProject.update({ where: { id: bot.id }, data: { isAdministrators: true } });
  expect(await carried(linked)).toEqual([]);
});

it("an erased user's name is not kept in a message, nor sent", async () => {
  const linked = await openLinked();
  const author = await createPerson();
  await change(linked.account, { telegram: true });
  await telegram().setFaults({ calls: [refusal(linked)] });
  const data = { chatId: newId(), messageId: newId(), authorName: "Ada Erased", authorId: author.userId };
  await notify(linked.account, { kind: "mention", data: { ...data, chatTitle: "Trio" } });
  expect(JSON.stringify(await carried(linked))).toContain("Ada Erased");
  expect(await anonymiseNotificationBatch(author.userId)).toBe(1);
  await endWait(linked);
  expect(await carried(linked)).toMatchObject([{ state: "failed", payload: {} }]);
  expect((await shownTexts(linked)).join()).not.toContain("Ada Erased");
});

it("a message of a run and a notification keep their order, and the session its waiting execution", async () => {
  const linked = await openLinked();
  await change(linked.account, { telegram: true });
  await handleUntilTaken(bot, textUpdate(linked.sender, "/notifications"));
  await notify(linked.account, sale());
  const data = (await readMessages(linked.personId)).findLast(({ buttons }) => buttons.length > 0)
    ?.buttons[0];
  await handleUntilTaken(bot, pressUpdate(linked.sender, data?.data ?? ""));
  const shown = (await shownTexts(linked)).slice(-3);
  expect(shown[0]).toContain("come here too");
  expect(shown[1]).toContain("Sold:");
  expect(shown[2]).toContain("stay on the site only");
});

const refusal = ({ phone }: Linked) =>
  ({ kind: "rate-limit", retryAfter: 30, times: 1, bot: bot.telegramId, chat: phone.userId }) as const;

/** The wait that Telegram asked for is over. */
async function endWait({ personId }: Linked) {
  await db().botPerson.updateMany({
    where: { id: personId, sendingUntil: { not: null } },
    data: { sendingUntil: new Date(0) },
  });
  await sweepChats();
  await waitForDeferredWork();
}
