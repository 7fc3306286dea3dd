import { Bot } from "grammy";
import { describe, expect, it } from "vitest";
import { afterTest } from "@/tests/support/servers/after-test";
import { ManualClock } from "@/tests/support/servers/manual-clock";
import { apiOf, botIdOf, callControl, newToken, openPhone, start } from "@/tests/support/servers/telegram";

const button = (text: string, data: string) => ({
  reply_markup: { inline_keyboard: [[{ text, callback_data: data }]] },
});

/** A grammY bot that polls, and an open phone. */
async function startBot(configure: (bot: Bot) => void) {
  const server = await start({ rateLimits: { enabled: false } });
  const token = newToken();
  const bot = new Bot(token, { client: { apiRoot: server.url } });
  configure(bot);
  await bot.init();
  const polling = bot.start({ timeout: 5, allowed_updates: ["message", "callback_query", "my_chat_member"] });
  afterTest(() => bot.stop().then(() => polling));
  return { server, bot, phone: await openPhone(server.url, botIdOf(token), { firstName: "Ann" }) };
}

describe("a conversation with a grammY bot", () => {
  it("starts with a payload, answers, presses buttons and sends a contact", async () => {
    const { phone } = await startBot((bot) => {
      bot.command("start", (context) => context.reply(`Hi ${context.match}`, button("Go", "go")));
      bot.callbackQuery("go", async (context) => {
        await context.answerCallbackQuery({ text: "Going", show_alert: true });
        await context.editMessageText("Gone");
      });
      bot.on("message:contact", (context) => context.reply(context.message.contact.phone_number));
      bot.on("message:text", (context) => context.reply(context.message.text.toUpperCase()));
    });
    await phone.start("ref_1");
    const greeting = await phone.nextMessage();
    expect(greeting.text).toBe("Hi ref_1");
    const [press] = await phone.press(greeting, "Go");
    expect(await phone.nextEvent("answer")).toMatchObject({
      ...{ callbackId: press?.callbackId, answer: { text: "Going", showAlert: true } },
    });
    expect((await phone.nextEvent("edit")).message.text).toBe("Gone");
    await phone.say("hello");
    expect((await phone.nextMessage()).text).toBe("HELLO");
    await phone.sendContact();
    expect((await phone.nextMessage()).text).toBe(phone.person.phoneNumber);
  });

  it("reports that the user blocks and unblocks the bot", async () => {
    const seen: string[] = [];
    const { phone, bot } = await startBot((created) => {
      created.on("my_chat_member", (context) => {
        seen.push(context.myChatMember.new_chat_member.status);
      });
      created.command("start", (context) => context.reply("Hi"));
    });
    await phone.start();
    await phone.nextMessage();
    await phone.block();
    await expect(bot.api.sendMessage(phone.userId, "a")).rejects.toThrow("bot was blocked by the user");
    await expect(phone.say("a")).rejects.toThrow("the bot is blocked");
    await phone.start();
    await phone.nextMessage();
    expect(seen).toEqual(["kicked", "member"]);
  });
});

describe("buttons", () => {
  it("makes each of many presses at once a query of its own, each answered once", async () => {
    const server = await start();
    const token = newToken();
    const api = apiOf(server.url, token);
    await api.getMe();
    const phone = await openPhone(server.url, botIdOf(token));
    await phone.start();
    const message = await api.sendMessage(phone.userId, "a", button("Go", "go"));
    const presses = await phone.press(message, "Go", 5);
    const updates = await api.getUpdates({ allowed_updates: ["callback_query"] });
    const queries = updates.flatMap(({ callback_query: query }) => query ?? []);
    expect(new Set(queries.map(({ id }) => id))).toEqual(
      new Set(presses.map(({ callbackId }) => callbackId)),
    );
    expect(queries).toHaveLength(5);
    expect(queries[0]).toMatchObject({ data: "go", from: { id: phone.userId }, message: { text: "a" } });
    const tooOld = "400: Bad Request: query is too old and response timeout expired or query ID is invalid";
    for (const { id } of queries) await api.answerCallbackQuery(id);
    await expect(api.answerCallbackQuery(queries[0]?.id ?? "")).rejects.toThrow(tooOld);
    await expect(api.answerCallbackQuery("1")).rejects.toThrow(tooOld);
    await expect(apiOf(server.url, newToken()).answerCallbackQuery(queries[1]?.id ?? "")).rejects.toThrow(
      tooOld,
    );
    await expect(phone.press(message, "None")).rejects.toThrow("no such button");
    await phone.press(message, { data: "stale" });
    expect((await api.getUpdates({ offset: -1 }))[0]?.callback_query?.data).toBe("stale");
  });

  it("answers none that was pressed long ago", async () => {
    const clock = new ManualClock();
    const server = await start({ clock });
    const token = newToken();
    const api = apiOf(server.url, token);
    await api.getMe();
    const phone = await openPhone(server.url, botIdOf(token));
    await phone.start();
    const message = await api.sendMessage(phone.userId, "a", button("Go", "go"));
    const [press] = await phone.press(message, "Go");
    clock.advance(15 * 60_000);
    await expect(api.answerCallbackQuery(press?.callbackId ?? "")).rejects.toThrow("query is too old");
  });
});

describe("the control API", () => {
  it("clears a chat, after which the bot may not write", async () => {
    const server = await start();
    const token = newToken();
    const api = apiOf(server.url, token);
    await api.getMe();
    const phone = await openPhone(server.url, botIdOf(token));
    await phone.start();
    await callControl(server.url, "DELETE", `/api/chats/${phone.botId}/${phone.userId}`);
    expect(await phone.messages()).toEqual([]);
    await expect(api.sendMessage(phone.userId, "a")).rejects.toThrow("can't initiate conversation");
  });

  it("creates a bot with a token, and renames it", async () => {
    const { url } = await start();
    const { token, id } = await callControl(url, "POST", "/api/bots", {
      firstName: "Shop",
      username: "shop_bot",
    });
    expect(await apiOf(url, String(token)).getMe()).toMatchObject({
      id,
      first_name: "Shop",
      username: "shop_bot",
    });
    await callControl(url, "PATCH", `/api/bots/${id}`, { firstName: "Market" });
    expect(await apiOf(url, String(token)).getMe()).toMatchObject({ first_name: "Market" });
  });

  it.each([
    ["GET", "/api/bots/1", 404],
    ["POST", "/api/users", 400],
    ["GET", "/api/nothing", 404],
    ["DELETE", "/api/users", 405],
    ["POST", "/api/chats/1/1/start", 404],
  ])("%s %s is %i", async (method, path, status) => {
    const { url } = await start();
    const body = method === "POST" ? {} : undefined;
    await expect(callControl(url, method, path, body)).rejects.toThrow(`answered ${status}`);
  });

  it("shows what the bot is doing", async () => {
    const server = await start();
    const token = newToken();
    const api = apiOf(server.url, token);
    await api.getMe();
    const phone = await openPhone(server.url, botIdOf(token));
    await phone.start();
    await api.sendChatAction(phone.userId, "typing");
    expect(await phone.nextEvent("action")).toMatchObject({ action: "typing" });
    await expect(api.sendChatAction(phone.userId, "dancing" as "typing")).rejects.toThrow(
      "Bad Request: wrong parameter action in request",
    );
  });
});
