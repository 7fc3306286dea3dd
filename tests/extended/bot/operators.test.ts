import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changeBot, createBot, deleteBot, getBot, listBots, readBotNumbers, sweepChats } from "@/lib/bot";
import { findBot } from "@/lib/bot/bots";
import { tidyDeletedBots } from "@/lib/bot/erase-bot";
import type { Caller } from "@/lib/core/access-token";
import { waitForDeferredWork } from "@/lib/core/defer";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { apiOf, newToken } from "@/tests/support/clients/telegram";
import {
  handleUntilTaken,
  handleUpdate,
  runBotTasks,
  textUpdate,
} from "@/tests/support/factories/bot-updates";
import {
  createTestBot,
  findTestPerson,
  openTestPhone,
  publishTestWorkflows,
  readMessages,
  type TestBot,
} from "@/tests/support/factories/bots";
import { createPerson } from "@/tests/support/factories/people";

const as = (caller: Caller) => ({ caller, context: {} });
const bots: TestBot[] = [];
let bot: TestBot;
let artist: Caller;
beforeAll(async () => {
  bot = await createTestBot(false);
  bots.push(bot);
  artist = bot.owner;
});
afterAll(async () => {
  await waitForDeferredWork();
  await db().botProject.deleteMany({ where: { id: { in: bots.map(({ id }) => id) } } });
});

const actionsOf = async (botId: string) => {
  const rows = await db().auditEntry.findMany({ where: { subject: `bot:${botId}` }, orderBy: { id: "asc" } });
  return rows.map(({ action }) => action);
};

describe("adding a bot", () => {
  it("asks Telegram for its name, sets its webhook, and is safe to repeat", async () => {
    const owner = await createPerson("artist");
    const token = newToken();
    const added = await createBot(as(owner), { token, name: "My bot" });
    expect(added).toMatchObject({ name: "My bot", ownerId: owner.userId, isAdministrators: false });
    expect(added.isConnected).toBe(true);
    const { url } = await apiOf(process.env.TELEGRAM_API_ROOT ?? "", token).getWebhookInfo();
    expect(url).toContain(added.id);
    expect(await createBot(as(owner), { token })).toMatchObject({ id: added.id, name: "My bot" });
    expect(await actionsOf(added.id)).toEqual(["bot_added", "bot_token_changed"]);
    expect(await db().botWorkflow.count({ where: { projectId: added.id } })).toBe(4);
    await expect(createBot(as(artist), { token })).rejects.toMatchObject({
      messageKey: "bot_of_another_owner",
    });
  });

  it("is refused with a token that Telegram does not know", async () => {
    await expect(createBot(as(artist), { token: "1:x" })).rejects.toMatchObject({
      ...{ code: "bad_request", messageKey: "bot_token_invalid" },
    });
  });

  it("is refused to an artist with three, also when two are added at once", async () => {
    const owner = await createPerson("artist");
    for (let count = 0; count < 2; count++) await createBot(as(owner), { token: newToken() });
    const outcomes = await Promise.allSettled(
      [newToken(), newToken()].map((token) => createBot(as(owner), { token })),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await db().botProject.count({ where: { ownerId: owner.userId } })).toBe(3);
  });
});

describe("who runs which bot", () => {
  it("an artist only their own, an administrator all, a listener none", async () => {
    const [stranger, admin, listener] = await Promise.all([
      createPerson("artist"),
      createPerson("admin"),
      createPerson("listener"),
    ]);
    expect((await listBots(artist, { limit: 50 })).items.map(({ id }) => id)).toEqual([bot.id]);
    expect((await listBots(stranger, { limit: 50 })).items).toEqual([]);
    await expect(getBot(stranger, bot.id)).rejects.toMatchObject({ code: "not_found" });
    await expect(changeBot(as(stranger), bot.id, { name: "Mine" })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(deleteBot(as(stranger), bot.id)).rejects.toMatchObject({ code: "not_found" });
    expect(await readBotNumbers(stranger, [bot.id])).toEqual([]);
    expect(await getBot(admin, bot.id)).toMatchObject({ id: bot.id, ownerId: artist.userId });
    await expect(listBots(listener, { limit: 50 })).rejects.toMatchObject({ code: "forbidden" });
    expect(await getBot(artist, bot.id)).toMatchObject({ name: "Test bot" });
  });

  it("pages are read by their cursor", async () => {
    const owner = await createPerson("artist");
    const made = [await createTestBot(false), await createTestBot(false)];
    bots.push(...made);
    const ids = made.map(({ id }) => id);
    await db().botProject.updateMany({ where: { id: { in: ids } }, data: { ownerId: owner.userId } });
    const first = await listBots(owner, { limit: 1 });
    expect(first.items.map(({ id }) => id)).toEqual([ids[1]]);
    const second = await listBots(owner, { limit: 1, cursor: first.nextCursor ?? undefined });
    expect(second).toMatchObject({ items: [{ id: ids[0] }], nextCursor: null });
  });
});

describe("a paused bot", () => {
  it("sends nothing and ignores updates; resumed, it sends what waited and goes on with what is due", async () => {
    const paused = await createTestBot(false);
    bots.push(paused);
    await publishTestWorkflows(paused.id, {
      later: {
        delay: { kind: "delay", seconds: 3_600, next: "done" },
        done: { kind: "message", text: { ru: "Пора", en: "It is time" }, next: "end" },
        end: { kind: "end" },
      },
    });
    const { sender, phone } = await openTestPhone(paused);
    await handleUntilTaken(paused, textUpdate(sender, "/later"));
    const person = await findTestPerson(paused, sender);
    const sent = (await phone.messages()).length;
    expect(await changeBot(as(paused.owner), paused.id, { state: "paused" })).toMatchObject({
      state: "paused",
    });
    expect((await findBot(paused.id))?.state).toBe("paused");
    expect((await handleUpdate(paused, textUpdate(sender, "/start"))).body).toEqual({ outcome: "ignored" });

    // Its time has come, its task is postponed, and a message is left over from before.
    await db().botExecution.updateMany({
      where: { personId: person.id },
      data: { dueAt: new Date(Date.now() - 1_000) },
    });
    await db().task.updateMany({
      where: { payload: { path: ["projectId"], equals: paused.id }, state: { not: "done" } },
      data: { notBefore: new Date() },
    });
    await runBotTasks(paused);
    await leaveMessage(person.id, "Left over");
    await sweepChats();
    expect(await readMessages(person.id)).toMatchObject([{ state: "pending", text: "Left over" }]);

    await changeBot(as(paused.owner), paused.id, { state: "active" });
    await waitForDeferredWork();
    await runBotTasks(paused);
    expect((await readMessages(person.id)).map(({ state, text }) => [state, text])).toEqual([
      ["sent", "It is time"],
      ["sent", "Left over"],
    ]);
    expect((await phone.messages()).length).toBe(sent + 2);
    expect(await actionsOf(paused.id)).toEqual(["bot_paused", "bot_resumed"]);
  });
});

/** A message that a process that died has left, after those of all runs. */
async function leaveMessage(personId: string, text: string): Promise<void> {
  const { telegramId } = await db().botPerson.findUniqueOrThrow({ where: { id: personId } });
  const payload = { chat_id: Number(telegramId), text };
  const message = { id: newId(), personId, revision: 1_000, part: 0, method: "sendMessage", payload };
  await db().botMessage.create({ data: { ...message, state: "pending" } });
  await db().botPerson.update({
    where: { id: personId },
    data: { sendingBy: newId(), sendingUntil: new Date(Date.now() - 1_000) },
  });
}

describe("a deleted bot", () => {
  it("is gone at once and erased with all conversations, and its token can be used again", async () => {
    const deleted = await createTestBot(false);
    const { sender } = await openTestPhone(deleted);
    await handleUntilTaken(deleted, textUpdate(sender, "/start"));
    const person = await findTestPerson(deleted, sender);
    await deleteBot(as(deleted.owner), deleted.id);
    await expect(getBot(deleted.owner, deleted.id)).rejects.toMatchObject({ code: "not_found" });
    expect((await handleUpdate(deleted, textUpdate(sender, "/start"))).body).toEqual({ outcome: "ignored" });
    await waitForDeferredWork();
    expect(await db().botProject.count({ where: { id: deleted.id } })).toBe(0);
    for (const left of [
      db().botPerson.count({ where: { id: person.id } }),
      db().botMessage.count({ where: { personId: person.id } }),
      db().botExecution.count({ where: { projectId: deleted.id } }),
      db().botUpdate.count({ where: { projectId: deleted.id } }),
      db().botWorkflow.count({ where: { projectId: deleted.id } }),
    ])
      expect(await left).toBe(0);
    const again = await createBot(as(deleted.owner), { token: deleted.token });
    expect(again.id).not.toBe(deleted.id);
  });

  it("is erased by the tidy when its process died, and cannot be added before", async () => {
    const half = await createTestBot(false);
    await db().botProject.update({
      where: { id: half.id },
      data: { state: "paused", deletedAt: new Date() },
    });
    await expect(createBot(as(half.owner), { token: half.token })).rejects.toMatchObject({
      messageKey: "bot_being_deleted",
    });
    expect(await tidyDeletedBots(Date.now() + 10_000)).toBeGreaterThan(0);
    expect(await db().botProject.count({ where: { id: half.id } })).toBe(0);
  });
});
