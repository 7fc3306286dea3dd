import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { InputFile } from "grammy";
import { expect, it } from "vitest";
import { startTelegram } from "@/local/telegram";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { startCommand } from "@/tests/support/processes/command-line";
import { afterTest } from "@/tests/support/servers/after-test";
import { startReceiver } from "@/tests/support/servers/receiver";
import { apiOf, botIdOf, newToken, openPhone, start } from "@/tests/support/servers/telegram";

async function createFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "telegram-"));
  afterTest(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

it("keeps bots, chats, files, pending updates and webhooks over a restart", async () => {
  const dataDir = await createFolder();
  const token = newToken();
  const receiver = await startReceiver(() => ({ status: 500 }));
  afterTest(() => receiver.close());
  const first = await startTelegram({ dataDir, retryScale: 1 });
  const api = apiOf(first.url, token);
  await api.setMyName("Shop");
  const phone = await openPhone(first.url, botIdOf(token), { firstName: "Ann" });
  await phone.start();
  const { document } = await api.sendDocument(phone.userId, new InputFile(Buffer.from("bytes"), "a.txt"));
  await api.sendMessage(phone.userId, "b", { reply_markup: { keyboard: [["Yes"]] } });
  await api.setWebhook(receiver.url, { secret_token: "s" });
  await receiver.waitFor(1);
  const before = await phone.chat();
  await first.close();
  receiver.onRequest = () => ({});
  const attempts = receiver.received.length;

  const second = await start({ dataDir });
  await receiver.waitFor(attempts + 1);
  expect(receiver.texts.at(-1)).toBe(receiver.texts[0]);
  const again = await openPhone(second.url, phone.botId, { id: phone.userId, firstName: "Ann" });
  const { seq: _, ...after } = await again.chat();
  expect(before).toMatchObject(after);
  expect(await apiOf(second.url, token).getMyName()).toEqual({ name: "Shop" });
  const { file_path: file } = await apiOf(second.url, token).getFile(document.file_id);
  expect(await (await fetch(`${second.url}/file/bot${token}/${file}`)).text()).toBe("bytes");
  const { message } = await again.say("c");
  expect(message.message_id).toBe((before.messages.at(-1)?.message_id ?? 0) + 1);
});

it("loses nothing that was acknowledged when it is killed", async () => {
  const dataDir = await createFolder();
  const { child, stdio, ended } = startCommand("local/telegram/main.ts", [
    "--port",
    "0",
    "--data-dir",
    dataDir,
  ]);
  await waitUntil("the URLs are printed", () => /Phones: \S+\n/.test(stdio.output));
  const url = /^TELEGRAM_API_ROOT=(\S+)$/m.exec(stdio.output)?.[1] ?? "";
  const token = newToken();
  await apiOf(url, token).getMe();
  const phone = await openPhone(url, botIdOf(token));
  await phone.start();
  const { message_id: last } = await apiOf(url, token).sendMessage(phone.userId, "last");
  child.kill("SIGKILL");
  await ended;

  const { url: restarted } = await start({ dataDir });
  expect((await apiOf(restarted, token).getUpdates()).map(({ message }) => message?.text)).toEqual([
    "/start",
  ]);
  const again = await openPhone(restarted, phone.botId, { id: phone.userId });
  expect((await again.messages()).at(-1)).toMatchObject({ message_id: last, text: "last" });
});

it("keeps a bounded number of messages in a chat", async () => {
  const { url } = await start({ limits: { maxMessagesPerChat: 3 } });
  const token = newToken();
  await apiOf(url, token).getMe();
  const phone = await openPhone(url, botIdOf(token));
  for (const text of ["a", "b", "c", "d", "e"]) await phone.say(text);
  expect((await phone.messages()).map(({ text }) => text)).toEqual(["c", "d", "e"]);
});
