import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { publishWorkflows, sweepChats } from "@/lib/bot";
import { setClock } from "@/lib/core/clock";
import { waitForDeferredWork } from "@/lib/core/defer";
import { AppError } from "@/lib/core/errors";
import { db } from "@/lib/db";
import { takeBotAllowance } from "@/lib/rate-limit/handler-limits";
import { controlOf } from "@/tests/support/clients/telegram";
import {
  handleUntilTaken,
  handleUpdate,
  pressUpdate,
  textUpdate,
} from "@/tests/support/factories/bot-updates";
import {
  createTestBot,
  findTestPerson,
  openTestPhone,
  readMessages,
  type TestBot,
} from "@/tests/support/factories/bots";
import { serveHttp, type TestHttpServer } from "@/tests/support/proxies/http-server";

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
let pictures: TestHttpServer;
let bot: TestBot;
const telegram = controlOf(process.env.TELEGRAM_API_ROOT ?? "");
beforeAll(async () => {
  pictures = await serveHttp((_, response) => response.end(PNG));
  bot = await createTestBot();
  await telegram.setLimits({ enabled: false });
});
afterEach(() => telegram.setFaults({}));
afterAll(async () => {
  await pictures.close();
  await telegram.setLimits({ enabled: true });
  await db().botProject.delete({ where: { id: bot.id } });
});

const cover = {
  key: "cover",
  command: "cover",
  definition: {
    schema: 1 as const,
    start: "show",
    nodes: {
      show: {
        kind: "message" as const,
        text: { ru: "<b>Обложка</b> для {{name}}", en: "<b>A cover</b> for {{name}}" },
        // Nothing listens there.
        picture: "https://127.0.0.1:1/cover.png",
        buttons: [{ label: { ru: "Дальше", en: "More" }, next: "after" }],
      },
      after: { kind: "message" as const, text: { ru: "После", en: "After" }, next: "end" },
      end: { kind: "end" as const },
    },
  },
};

it("a picture arrives with its caption and buttons, and one that Telegram cannot fetch stops nothing", async () => {
  await publishWorkflows(bot.id, [cover]);
  const { sender, phone } = await openTestPhone(bot);
  await telegram.setFaults({
    calls: [{ kind: "rate-limit", retryAfter: 30, times: 1, bot: bot.telegramId, method: "sendphoto" }],
  });
  await handleUntilTaken(bot, textUpdate(sender, "/cover"));
  const { id: personId } = await findTestPerson(bot, sender);
  const [waiting] = await db().botMessage.findMany({ where: { personId } });
  expect(waiting).toMatchObject({ method: "sendPhoto", state: "pending" });
  // Definitions have https addresses only, and the server of this test has no certificate.
  const photo = `${pictures.url}/cover.png`;
  const payload = { ...(waiting?.payload as object), photo };
  await db().botMessage.update({ where: { id: waiting?.id ?? "" }, data: { payload } });
  await db().botPerson.update({ where: { id: personId }, data: { sendingUntil: new Date(0) } });
  await sweepChats();
  await waitForDeferredWork();
  const shown = (await phone.messages()).findLast(({ from }) => from?.is_bot);
  expect(shown).toMatchObject({
    caption: "A cover for Tess",
    caption_entities: [{ type: "bold", offset: 0, length: 7 }],
    photo: [{ width: 1, height: 1 }],
    reply_markup: { inline_keyboard: [[{ text: "More" }]] },
  });

  await handleUntilTaken(bot, textUpdate(sender, "/cover"));
  expect((await readMessages(personId)).map(({ state }) => state)).toEqual(["sent", "failed"]);
  await handleUntilTaken(
    bot,
    pressUpdate(sender, (await readMessages(personId)).at(-1)?.buttons[0]?.data ?? ""),
  );
  expect((await phone.messages()).at(-1)).toMatchObject({ text: "After" });
});

/** Takes what a person may send in a minute, in steps of a second, in which the bot's own limit is filled again. */
async function takeWholeAllowance(telegramId: string): Promise<void> {
  for (;;) {
    try {
      if (!(await takeBotAllowance(bot.id, telegramId))) return;
    } catch (error) {
      if (!(error instanceof AppError && error.code === "rate_limited")) throw error;
      aheadMs += 1_000;
    }
  }
}

/** How far this process' clock is ahead. */
let aheadMs = 0;
const restoreClock = setClock({ now: () => Date.now() + aheadMs });
afterAll(() => restoreClock());

it.each([
  ["en", "Too many messages. Please wait a minute."],
  ["ru", "Слишком много сообщений. Подождите минуту."],
])(
  "a press beyond the limit is answered with the reason, and changes nothing (%s)",
  async (language, text) => {
    await publishWorkflows(bot.id, [cover]);
    const { sender, phone } = await openTestPhone(bot, language);
    await handleUntilTaken(bot, textUpdate(sender, "/start"));
    await handleUntilTaken(bot, textUpdate(sender, "/notifications"));
    const shown = (await phone.messages()).at(-1);
    expect(shown?.from?.is_bot).toBe(true);
    const before = await findTestPerson(bot, sender);
    await takeWholeAllowance(String(sender.id));
    const update = pressUpdate(sender, "w:start");
    expect(await handleUpdate(bot, update)).toMatchObject({ status: 200, body: { outcome: "ignored" } });
    const calls = await telegram.calls(bot.telegramId);
    const answer = calls.find(({ params }) => params.callback_query_id === update.callback_query.id);
    expect(answer).toMatchObject({ method: "answerCallbackQuery", params: { text, show_alert: "true" } });
    expect((await findTestPerson(bot, sender)).revision).toBe(before.revision);
    expect(await db().botUpdate.count({ where: { projectId: bot.id, updateId: update.update_id } })).toBe(0);
  },
);
