import { describe, expect, it } from "vitest";
import type { TelegramOptions } from "@/local/telegram";
import { ManualClock } from "@/tests/support/servers/manual-clock";
import {
  apiOf,
  botIdOf,
  callApi,
  controlOf,
  newToken,
  openPhone,
  start,
} from "@/tests/support/servers/telegram";

async function open(options: Partial<TelegramOptions> = {}) {
  const server = await start(options);
  const token = newToken();
  const api = apiOf(server.url, token);
  await api.getMe();
  const botId = botIdOf(token);
  const phone = await openPhone(server.url, botId);
  await phone.start();
  const send = (chat = phone.userId) =>
    callApi(server.url, token, "sendMessage", { chat_id: chat, text: "a" });
  return { ...{ server, token, api, botId, phone, send }, control: controlOf(server.url) };
}

const statuses = (answers: { status: number }[]) => answers.map(({ status }) => status);

describe("limits", () => {
  it("takes a short burst and then a message a second in a chat", async () => {
    const clock = new ManualClock();
    const { send, phone } = await open({ clock });
    expect(statuses([await send(), await send(), await send()])).toEqual([200, 200, 200]);
    expect(await send()).toEqual({
      status: 429,
      body: {
        ...{ ok: false, error_code: 429, description: "Too Many Requests: retry after 1" },
        parameters: { retry_after: 1 },
      },
    });
    clock.advance(1_000);
    expect(statuses([await send(), await send()])).toEqual([200, 429]);
    expect(await phone.messages()).toHaveLength(5);
  });

  it("takes thirty messages a second of a bot", async () => {
    const clock = new ManualClock();
    const { server, botId, send } = await open({ clock });
    const phones = await Promise.all(Array.from({ length: 31 }, () => openPhone(server.url, botId)));
    for (const phone of phones) await phone.start();
    const answers = [];
    for (const { userId } of phones) answers.push(await send(userId));
    expect(statuses(answers).filter((status) => status === 200)).toHaveLength(30);
    clock.advance(34);
    expect((await send(phones[30]?.userId)).status).toBe(200);
  });

  it("can be set and switched off", async () => {
    const { send, control } = await open();
    await control.setLimits({ chatBurst: 1, chatPerSecond: 0.1 });
    expect(statuses([await send(), await send()])).toEqual([200, 429]);
    expect((await send()).body.parameters).toEqual({ retry_after: 10 });
    await control.setLimits({ enabled: false });
    expect(statuses([await send(), await send(), await send(), await send()])).toEqual([200, 200, 200, 200]);
  });

  it("counts no call that is refused for another reason", async () => {
    const clock = new ManualClock();
    const { server, token, send, phone } = await open({ clock });
    for (let index = 0; index < 5; index++)
      await callApi(server.url, token, "sendMessage", { chat_id: phone.userId, text: "" });
    expect(statuses([await send(), await send(), await send()])).toEqual([200, 200, 200]);
  });
});

describe("faults of calls", () => {
  it("answers errors and 429 without effect, for a number of calls, after a number of calls", async () => {
    const { send, phone, control } = await open({ rateLimits: { enabled: false } });
    await control.setFaults({
      calls: [
        { kind: "error", code: 502, description: "Bad Gateway", method: "sendMessage", times: 1, after: 1 },
        { kind: "rate-limit", retryAfter: 7, times: 1, after: 1 },
      ],
    });
    const answers = [await send(), await send(), await send(), await send()];
    expect(statuses(answers)).toEqual([200, 502, 429, 200]);
    expect(answers[1]?.body).toEqual({ ok: false, error_code: 502, description: "Bad Gateway" });
    expect(answers[2]?.body.parameters).toEqual({ retry_after: 7 });
    expect(await phone.messages()).toHaveLength(3);
  });

  it("affects only one chat, method or bot", async () => {
    const { server, botId, send, api, phone, control } = await open({ rateLimits: { enabled: false } });
    const other = await openPhone(server.url, botId);
    await other.start();
    await control.setFaults({ calls: [{ kind: "error", chat: other.userId, bot: botId }] });
    expect(statuses([await send(), await send(other.userId)])).toEqual([200, 500]);
    await control.setFaults({
      calls: [
        { kind: "error", method: "getMe" },
        { kind: "error", bot: 1 },
      ],
    });
    expect((await send()).status).toBe(200);
    await expect(api.getMe()).rejects.toThrow("500");
    expect(phone.botId).toBe(botId);
  });

  it("does the work and closes the connection", async () => {
    const { send, phone, control } = await open();
    await control.setFaults({ calls: [{ kind: "lost", times: 1 }] });
    await expect(send()).rejects.toThrow("fetch failed");
    expect(await phone.messages()).toHaveLength(2);
    expect((await control.calls(phone.botId, "?method=sendMessage")).map(({ status }) => status)).toEqual([
      0,
    ]);
  });

  it("closes the connection without effect", async () => {
    const { send, phone, control } = await open();
    await control.setFaults({ calls: [{ kind: "refuse", times: 1 }] });
    await expect(send()).rejects.toThrow("fetch failed");
    expect(await phone.messages()).toHaveLength(1);
  });

  it("never answers, without effect", async () => {
    const { server, token, phone, control } = await open();
    await control.setFaults({ calls: [{ kind: "hang" }] });
    const signal = AbortSignal.timeout(200);
    const query = new URLSearchParams({ chat_id: String(phone.userId), text: "a" });
    await expect(fetch(`${server.url}/bot${token}/sendMessage?${query}`, { signal })).rejects.toThrow(
      "timeout",
    );
    expect(await phone.messages()).toHaveLength(1);
  });

  it("does the work and answers later", async () => {
    const { send, phone, control } = await open();
    await control.setFaults({ calls: [{ kind: "slow", delayMs: 150 }] });
    const startedAt = Date.now();
    const sending = send();
    await phone.nextMessage();
    await sending;
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(149);
  });
});
