import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addBotByToken, setWebhooks, setWebhooksAtStart, sweepChats } from "@/lib/bot";
import { findBot } from "@/lib/bot/bots";
import { botProjectTag, cacheManager } from "@/lib/cache";
import { env } from "@/lib/core/env";
import { newId } from "@/lib/core/ids";
import { decryptSecret, encryptSecret } from "@/lib/core/secret-box";
import { db } from "@/lib/db";
import { controlOf } from "@/tests/support/clients/telegram";
import { handleUntilTaken, textUpdate } from "@/tests/support/factories/bot-updates";
import {
  createTestBot,
  findTestPerson,
  openTestPhone,
  readMessages,
  type TestBot,
} from "@/tests/support/factories/bots";
import { createPerson } from "@/tests/support/factories/people";

let bot: TestBot;
const telegram = controlOf(process.env.TELEGRAM_API_ROOT ?? "");
const unreadable = "not a token";
beforeAll(async () => {
  bot = await createTestBot();
});
afterAll(async () => {
  await db().botProject.delete({ where: { id: bot.id } });
});

const readBot = () => db().botProject.findUniqueOrThrow({ where: { id: bot.id } });

it("a known bot that is added again has the new token and newer ready workflows, and no other owner gets it", async () => {
  await findBot(bot.id);
  const ready = { projectId: bot.id, key: "notifications" };
  await db().botWorkflow.delete({ where: { projectId_key: ready } });
  const data = { encryptedToken: unreadable, webhookUrl: "https://old.example" };
  await db().botProject.update({ where: { id: bot.id }, data });
  const { token, owner } = bot;
  const stranger = await createPerson("admin");
  const steal = addBotByToken({ ownerId: stranger.userId, token, isAdministrators: true });
  await expect(steal).rejects.toMatchObject({ code: "conflict" });
  expect(await addBotByToken({ ownerId: owner.userId, token, isAdministrators: true })).toBe(bot.id);
  const stored = await readBot();
  expect(decryptSecret("bot-token", stored.encryptedToken)).toBe(token);
  expect(stored.webhookUrl).toBeNull();
  expect(await db().botWorkflow.findMany({ where: ready, select: { command: true } })).toEqual([
    { command: "notifications" },
  ]);
  expect((await findBot(bot.id))?.encryptedToken).toBe(stored.encryptedToken);
});

it("a bot without a valid token does not keep webhooks from the others", async () => {
  const broken = await createTestBot();
  const first = [bot.id, broken.id].sort()[0] ?? "";
  const last = first === bot.id ? broken.id : bot.id;
  const good = encryptSecret("bot-token", last === bot.id ? bot.token : broken.token);
  await db().botProject.update({ where: { id: first }, data: { encryptedToken: unreadable } });
  await db().botProject.update({ where: { id: last }, data: { encryptedToken: good, webhookUrl: null } });
  expect((await setWebhooks()).failed).toContain("Test bot");
  const { webhookUrl } = await db().botProject.findUniqueOrThrow({ where: { id: last } });
  expect(webhookUrl).toContain(last);
  await db().botProject.update({
    where: { id: bot.id },
    data: { encryptedToken: encryptSecret("bot-token", bot.token) },
  });
  await db().botProject.delete({ where: { id: broken.id } });
});

describe("a start", () => {
  const environment = env();
  const start = async (VERCEL_ENV: typeof environment.VERCEL_ENV, APP_URL = `https://${newId()}.example`) => {
    const before = { VERCEL_ENV: environment.VERCEL_ENV, APP_URL: environment.APP_URL };
    await db().botProject.update({ where: { id: bot.id }, data: { webhookUrl: "https://old.example" } });
    Object.assign(environment, { VERCEL_ENV, APP_URL });
    await setWebhooksAtStart();
    Object.assign(environment, before);
    return (await readBot()).webhookUrl;
  };

  it.each(["preview", "development"] as const)(
    "of a %s on Vercel leaves the webhooks alone",
    async (vercelEnv) => {
      expect(await start(vercelEnv)).toBe("https://old.example");
    },
  );

  it("of production on Vercel sets them, once an hour for an address", async () => {
    const [first, second] = [`https://${newId()}.example`, `https://${newId()}.example`];
    expect(await start("production", first)).toContain(first);
    expect(await start("production", first)).toBe("https://old.example");
    expect(await start("production", second)).toContain(second);
  });

  it("without Vercel sets them each time that an address has changed", async () => {
    const address = `https://${newId()}.example`;
    expect(await start(undefined, address)).toContain(address);
    expect(await start(undefined, address)).toContain(address);
  });
});

it.each([
  ["without a token that can be decrypted", true],
  ["during an outage", false],
])("a message %s waits for a minute at most, and is given up after a day", async (_, isUnreadable) => {
  const own = await createTestBot();
  const { sender } = await openTestPhone(own);
  await handleUntilTaken(own, textUpdate(sender, "/start"));
  const { id: personId } = await findTestPerson(own, sender);
  if (isUnreadable) await setToken(own.id, unreadable);
  else await telegram.setFaults({ calls: [{ kind: "error", code: 502, bot: own.telegramId }] });
  try {
    const message = { id: newId(), personId, revision: 9, part: 0, method: "sendMessage", payload: {} };
    await db().botMessage.create({ data: { ...message, state: "pending", attempts: 20 } });
    await abandonChat(personId);
    await sweepChats();
    expect((await readMessages(personId)).at(-1)?.state).toBe("pending");
    const { sendingUntil } = await findTestPerson(own, sender);
    expect((sendingUntil?.getTime() ?? Number.POSITIVE_INFINITY) - Date.now()).toBeLessThan(61_000);
    const createdAt = new Date(Date.now() - 25 * 3_600_000);
    await db().botMessage.update({ where: { id: message.id }, data: { createdAt } });
    await abandonChat(personId);
    await sweepChats();
    expect((await readMessages(personId)).at(-1)?.state).toBe("failed");
  } finally {
    await telegram.setFaults({});
    await db().botProject.delete({ where: { id: own.id } });
  }
});

async function setToken(id: string, encryptedToken: string): Promise<void> {
  await cacheManager.withInvalidation([botProjectTag(id)], (tx) =>
    tx.botProject.update({ where: { id }, data: { encryptedToken }, select: { id: true } }),
  );
}

/** As if its sender had died. */
async function abandonChat(personId: string): Promise<void> {
  const data = { sendingUntil: new Date(Date.now() - 60_000), sendingBy: newId() };
  await db().botPerson.update({ where: { id: personId }, data });
}
