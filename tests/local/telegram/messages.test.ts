import { InputFile } from "grammy";
import type { InlineKeyboardMarkup } from "grammy/types";
import { describe, expect, it } from "vitest";
import type { TelegramOptions } from "@/local/telegram";
import { serveHttp } from "@/tests/support/proxies/http-server";
import { afterTest } from "@/tests/support/servers/after-test";
import { ManualClock } from "@/tests/support/servers/manual-clock";
import { apiOf, botIdOf, buttonsOf, newToken, openPhone, start } from "@/tests/support/servers/telegram";

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** A bot and a phone that has started it. */
async function open(options: Partial<TelegramOptions> = {}) {
  const server = await start({ rateLimits: { enabled: false }, ...options });
  const token = newToken();
  const api = apiOf(server.url, token);
  await api.getMe();
  const phone = await openPhone(server.url, botIdOf(token), { firstName: "Ann", languageCode: "ru" });
  await phone.start();
  const chat = phone.userId;
  return { ...{ server, token, api, phone, chat }, send: (text: string) => api.sendMessage(chat, text) };
}

const inline = (...rows: [text: string, data: string][][]): { reply_markup: InlineKeyboardMarkup } => ({
  reply_markup: {
    inline_keyboard: rows.map((row) => row.map(([text, data]) => ({ text, callback_data: data }))),
  },
});

describe("sendMessage", () => {
  it("shows the phone text, entities and buttons, and answers with the message", async () => {
    const { api, phone, chat } = await open();
    const sent = await api.sendMessage(chat, "<b>Hi</b>", { parse_mode: "HTML", ...inline([["Go", "go"]]) });
    expect(sent).toMatchObject({
      ...{ text: "Hi", chat: { id: chat, type: "private" }, from: { is_bot: true } },
      entities: [{ type: "bold", offset: 0, length: 2 }],
    });
    const shown = await phone.nextMessage();
    expect(shown).toEqual(sent);
    expect(buttonsOf(shown)).toEqual([["Go"]]);
  });

  it("counts 4,096 UTF-16 units after the markup was parsed", async () => {
    const { api, chat, send } = await open();
    await api.sendMessage(chat, `<b>${"😀".repeat(2_048)}</b>`, { parse_mode: "HTML" });
    await expect(send(`a${"😀".repeat(2_048)}`)).rejects.toThrow("Bad Request: message is too long");
  });

  it("refuses an empty text", async () => {
    const { send } = await open();
    await expect(send("")).rejects.toThrow("Bad Request: message text is empty");
    await expect(send(" \n ")).rejects.toThrow("Bad Request: text must be non-empty");
  });

  it("replies to a message", async () => {
    const { api, phone, chat } = await open();
    const [first] = await phone.messages();
    const reply = { message_id: first?.message_id ?? 0 };
    expect((await api.sendMessage(chat, "a", { reply_parameters: reply })).reply_to_message?.text).toBe(
      "/start",
    );
    const missing = { message_id: 999 };
    await expect(api.sendMessage(chat, "a", { reply_parameters: missing })).rejects.toThrow(
      "Bad Request: message to be replied not found",
    );
    const optional = { ...missing, allow_sending_without_reply: true };
    expect(
      (await api.sendMessage(chat, "a", { reply_parameters: optional })).reply_to_message,
    ).toBeUndefined();
  });

  it("refuses chats that it may not write to", async () => {
    const { server, api, phone, chat, send } = await open();
    const stranger = await openPhone(server.url, phone.botId);
    await expect(api.sendMessage(stranger.userId, "a")).rejects.toThrow(
      "403: Forbidden: bot can't initiate conversation with a user",
    );
    await expect(api.sendMessage(999, "a")).rejects.toThrow("400: Bad Request: chat not found");
    await expect(api.sendMessage("@channel", "a")).rejects.toThrow("400: Bad Request: chat not found");
    await phone.block();
    await expect(send("a")).rejects.toThrow("403: Forbidden: bot was blocked by the user");
    await expect(api.sendChatAction(chat, "typing")).rejects.toThrow(
      "403: Forbidden: bot was blocked by the user",
    );
    await phone.unblock();
    await send("a");
  });
});

describe("keyboards", () => {
  it.each<[string, unknown]>([
    ["BUTTON_DATA_INVALID", { inline_keyboard: [[{ text: "a", callback_data: "ж".repeat(33) }]] }],
    ["can't parse inline keyboard button: Can't find field \"text\"", { inline_keyboard: [[{}]] }],
    [
      "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
      { inline_keyboard: [[{ text: "a" }]] },
    ],
    [
      "can't parse inline keyboard button: InlineKeyboardButton must be an Object",
      { inline_keyboard: [["a"]] },
    ],
    [
      'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
      { inline_keyboard: [{ text: "a" }] },
    ],
    [
      "inline keyboard button URL 'javascript:x' is invalid: Wrong HTTP URL",
      { inline_keyboard: [[{ text: "a", url: "javascript:x" }]] },
    ],
    ['field "keyboard" must be an Array of Arrays', { keyboard: ["a"] }],
    ["object expected as reply markup", [1]],
  ])("refuses with %s", async (error, markup) => {
    const { api, chat } = await open();
    await expect(
      api.raw.sendMessage({ chat_id: chat, text: "a", reply_markup: markup as InlineKeyboardMarkup }),
    ).rejects.toThrow(`400: Bad Request: ${error}`);
  });

  it("takes 64 bytes of data", async () => {
    const { api, chat } = await open();
    await api.sendMessage(chat, "a", inline([["a", "ж".repeat(32)]]));
  });

  it("shows a reply keyboard until it is removed, and a one-time one until it is used", async () => {
    const { api, phone, chat } = await open();
    const keyboard = [[{ text: "Phone", request_contact: true }, "Later"]];
    await api.sendMessage(chat, "a", { reply_markup: { keyboard, resize_keyboard: true } });
    expect((await phone.chat()).keyboard?.markup).toEqual({
      ...{ keyboard: [[{ text: "Phone", request_contact: true }, { text: "Later" }]], resize_keyboard: true },
    });
    await phone.sendContact();
    expect((await phone.chat()).keyboard).not.toBeNull();
    await api.sendMessage(chat, "b", { reply_markup: { remove_keyboard: true } });
    expect((await phone.chat()).keyboard).toBeNull();
    await api.sendMessage(chat, "c", { reply_markup: { force_reply: true } });
    expect((await phone.chat()).keyboard?.markup).toEqual({ force_reply: true });
    await phone.say("answer");
    expect((await phone.chat()).keyboard).toBeNull();
  });
});

describe("edits", () => {
  it("changes text and keyboard, and refuses a change of nothing", async () => {
    const { api, phone, chat } = await open();
    const { message_id: id } = await api.sendMessage(chat, "a", inline([["Go", "go"]]));
    await expect(api.editMessageText(chat, id, "a", inline([["Go", "go"]]))).rejects.toThrow(
      "400: Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
    );
    const edited = await api.editMessageText(chat, id, "b");
    expect(edited).toMatchObject({ text: "b", edit_date: expect.any(Number) });
    expect(await phone.nextEvent("edit")).toMatchObject({ message: edited });
    await api.editMessageReplyMarkup(chat, id, inline([["Stop", "stop"]]));
    const [, shown] = await phone.messages();
    expect(shown && buttonsOf(shown)).toEqual([["Stop"]]);
    await expect(api.editMessageText(chat, id, "b", inline([["Stop", "stop"]]))).rejects.toThrow(
      "not modified",
    );
  });

  it("refuses messages that are missing, another's or without a text", async () => {
    const { api, phone, chat } = await open();
    const [own] = await phone.messages();
    await expect(api.editMessageText(chat, 999, "b")).rejects.toThrow(
      "Bad Request: message to edit not found",
    );
    await expect(api.editMessageText(chat, own?.message_id ?? 0, "b")).rejects.toThrow(
      "Bad Request: message can't be edited",
    );
    const { message_id: photo } = await api.sendPhoto(chat, new InputFile(PNG));
    await expect(api.editMessageText(chat, photo, "b")).rejects.toThrow(
      "Bad Request: there is no text in the message to edit",
    );
    expect((await api.editMessageCaption(chat, photo, { caption: "c" })) as object).toMatchObject({
      caption: "c",
    });
  });

  it("deletes messages of the last two days", async () => {
    const clock = new ManualClock();
    const { api, phone, chat, send } = await open({ clock });
    const first = await send("a");
    const second = await send("b");
    await api.deleteMessage(chat, first.message_id);
    await expect(api.deleteMessage(chat, first.message_id)).rejects.toThrow(
      "Bad Request: message to delete not found",
    );
    expect((await phone.messages()).map(({ text }) => text)).toEqual(["/start", "b"]);
    clock.advance(49 * 3_600_000);
    await expect(api.deleteMessage(chat, second.message_id)).rejects.toThrow(
      "Bad Request: message can't be deleted for everyone",
    );
    await api.deleteMessages(chat, [second.message_id, 999]);
    expect(await phone.messages()).toHaveLength(2);
  });
});

describe("files", () => {
  it("sends an uploaded photo, then the same by its id", async () => {
    const { api, phone, chat } = await open();
    const sent = await api.sendPhoto(chat, new InputFile(PNG, "a.png"), {
      caption: "*c*",
      parse_mode: "MarkdownV2",
    });
    expect(sent).toMatchObject({
      ...{
        caption: "c",
        caption_entities: [{ type: "bold" }],
        photo: [{ width: 1, height: 1, file_size: PNG.length }],
      },
    });
    const again = await api.sendPhoto(chat, sent.photo[0]?.file_id ?? "");
    expect(again.photo).toEqual(sent.photo);
    expect((await phone.messages()).filter(({ photo }) => photo)).toHaveLength(2);
    await expect(api.sendPhoto(chat, "unknown")).rejects.toThrow(
      "Bad Request: wrong file identifier/HTTP URL specified",
    );
    await expect(api.sendPhoto(chat, new InputFile(Buffer.from("text")))).rejects.toThrow(
      "IMAGE_PROCESS_FAILED",
    );
  });

  it("fetches a photo from a URL", async () => {
    const { api, chat } = await open();
    const site = await serveHttp((request, response) => {
      const isPhoto = request.url === "/a.png";
      response.writeHead(isPhoto ? 200 : 404).end(isPhoto ? PNG : "");
    });
    afterTest(() => site.close());
    expect((await api.sendPhoto(chat, `${site.url}/a.png`)).photo).toHaveLength(1);
    await expect(api.sendPhoto(chat, `${site.url}/b.png`)).rejects.toThrow(
      "Bad Request: failed to get HTTP URL content",
    );
  });

  it("sends a document with its name, and downloads it through getFile", async () => {
    const { server, token, api, phone, chat } = await open();
    const bytes = Buffer.from("%PDF-1.4 ж");
    const { document } = await api.sendDocument(chat, new InputFile(bytes, "счёт.pdf"));
    expect(document).toMatchObject({ file_name: "счёт.pdf", file_size: bytes.length });
    const { file_path: path } = await api.getFile(document.file_id);
    const response = await fetch(`${server.url}/file/bot${token}/${path}`);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes);
    expect((await fetch(`${server.url}/file/bot${token}/none`)).status).toBe(404);
    expect((await fetch(`${server.url}/file/bot${newToken()}x!/${path}`)).status).toBe(401);
    const { message } = await phone.sendPhoto(PNG, "mine");
    expect(message).toMatchObject({ caption: "mine", photo: [{ file_size: PNG.length }] });
    expect(await api.getFile(message.photo?.[0]?.file_id ?? "")).toMatchObject({ file_size: PNG.length });
  });
});
