import { describe, expect, it } from "vitest";
import type { TelegramOptions } from "@/local/telegram";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { afterTest } from "@/tests/support/servers/after-test";
import { ManualClock } from "@/tests/support/servers/manual-clock";
import { startReceiver, type TestReceiver } from "@/tests/support/servers/receiver";
import { apiOf, botIdOf, controlOf, newToken, openPhone, start } from "@/tests/support/servers/telegram";

async function open(options: Partial<TelegramOptions> = {}) {
  const server = await start(options);
  const token = newToken();
  const api = apiOf(server.url, token);
  await api.getMe();
  const botId = botIdOf(token);
  return { server, token, api, botId, phone: await openPhone(server.url, botId) };
}

async function openReceiver(): Promise<TestReceiver> {
  const receiver = await startReceiver();
  afterTest(() => receiver.close());
  return receiver;
}

const textsOf = ({ texts }: TestReceiver): (string | undefined)[] =>
  texts.map((text) => JSON.parse(text).message?.text);
const idsOf = ({ texts }: TestReceiver): number[] => texts.map((text) => JSON.parse(text).update_id);

describe("long polling", () => {
  it("gives updates in order until the offset confirms them", async () => {
    const { api, phone } = await open();
    for (const text of ["a", "b", "c"]) await phone.say(text);
    const updates = await api.getUpdates({ limit: 2 });
    expect(updates.map(({ message }) => message?.text)).toEqual(["a", "b"]);
    const [first, second] = updates.map(({ update_id: id }) => id);
    expect(second).toBe((first ?? 0) + 1);
    expect((await api.getUpdates()).map(({ message }) => message?.text)).toEqual(["a", "b", "c"]);
    const rest = await api.getUpdates({ offset: (second ?? 0) + 1 });
    expect(rest.map(({ message }) => message?.text)).toEqual(["c"]);
    await phone.say("d");
    expect((await api.getUpdates({ offset: -1 })).map(({ message }) => message?.text)).toEqual(["d"]);
    expect(await api.getUpdates()).toHaveLength(1);
  });

  it("waits for an update, and ends without one when the time is over", async () => {
    const { api, phone } = await open();
    const polling = api.getUpdates({ timeout: 30 });
    await phone.say("a");
    expect(await polling).toHaveLength(1);
    const [update] = await api.getUpdates();
    expect(await api.getUpdates({ offset: (update?.update_id ?? 0) + 1, timeout: 1 })).toEqual([]);
  });

  it("ends the poll that waits when another begins, and when a webhook is set", async () => {
    const { api, botId, server } = await open();
    const conflict = async (polling: Promise<unknown>) => polling.then(() => null).catch(String);
    const first = conflict(api.getUpdates({ timeout: 30 }));
    await waitUntil("a poll waits", async () => (await controlOf(server.url).bot(botId)).polling === true);
    const second = conflict(api.getUpdates({ timeout: 30 }));
    expect(await first).toContain(
      "409: Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    );
    const receiver = await openReceiver();
    await api.setWebhook(receiver.url);
    expect(await second).toContain("409: Conflict: terminated by setWebhook request");
    await expect(api.getUpdates()).rejects.toThrow(
      "409: Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    );
  });

  it("gives only kinds that are allowed, and keeps the choice", async () => {
    const { api, phone } = await open();
    await api.getUpdates({ allowed_updates: ["callback_query"] });
    await phone.say("a");
    expect(await api.getUpdates()).toEqual([]);
    await api.getUpdates({ allowed_updates: [] });
    await phone.say("b");
    expect(await api.getUpdates()).toHaveLength(1);
  });

  it("drops updates after a day", async () => {
    const clock = new ManualClock();
    const { api, phone } = await open({ clock });
    await phone.say("old");
    clock.advance(24 * 3_600_000);
    await phone.say("new");
    expect((await api.getUpdates()).map(({ message }) => message?.text)).toEqual(["new"]);
    expect((await api.getWebhookInfo()).pending_update_count).toBe(1);
  });
});

describe("setWebhook", () => {
  it.each([
    ["ftp://example.com", {}, "invalid webhook URL specified"],
    ["example.com", {}, "invalid webhook URL specified"],
    ["https://example.com", { secret_token: "a b" }, "secret token contains unallowed characters"],
    ["https://example.com", { secret_token: "a".repeat(257) }, "secret token is too long"],
  ])("refuses %s %j", async (url, options, error) => {
    const { api } = await open();
    await expect(api.setWebhook(url, options)).rejects.toThrow(`400: Bad Request: ${error}`);
  });

  it("shows the webhook, and deletes it with its updates", async () => {
    const { api, phone } = await open();
    await phone.say("a");
    await api.setWebhook("http://127.0.0.1:9/hook", {
      ...{ max_connections: 7, secret_token: "s", allowed_updates: ["message"], drop_pending_updates: true },
    });
    expect(await api.getWebhookInfo()).toEqual({
      ...{ url: "http://127.0.0.1:9/hook", has_custom_certificate: false, pending_update_count: 0 },
      ...{ max_connections: 7, ip_address: "127.0.0.1", allowed_updates: ["message"] },
    });
    await phone.say("b");
    await api.deleteWebhook({ drop_pending_updates: true });
    expect(await api.getWebhookInfo()).toMatchObject({ url: "", pending_update_count: 0 });
  });
});

describe("delivery to a webhook", () => {
  it("posts JSON with the secret token, and what was pending before", async () => {
    const { api, phone } = await open();
    await phone.say("before");
    const receiver = await openReceiver();
    await api.setWebhook(`${receiver.url}/hook?a=1`, { secret_token: "S-e_1" });
    await phone.say("after");
    const [request] = await receiver.waitFor(2);
    expect(request).toMatchObject({ method: "POST", path: "/hook?a=1" });
    expect(request?.headers).toMatchObject({
      ...{ "content-type": "application/json", "x-telegram-bot-api-secret-token": "S-e_1" },
    });
    expect(textsOf(receiver)).toEqual(["before", "after"]);
    await waitUntil(
      "nothing is pending",
      async () => (await api.getWebhookInfo()).pending_update_count === 0,
    );
  });

  it("sends the messages of a chat in order, one at a time, and other chats meanwhile", async () => {
    const { api, phone, server, botId } = await open();
    const receiver = await openReceiver();
    let open_ = () => {};
    const gate = new Promise<void>((resolve) => {
      open_ = resolve;
    });
    receiver.onRequest = ({ text }) => (text.includes('"first"') ? { after: gate } : {});
    await api.setWebhook(receiver.url);
    const other = await openPhone(server.url, botId);
    await phone.say("first");
    await phone.say("second");
    await other.say("other");
    await receiver.waitFor(2);
    expect(textsOf(receiver)).toEqual(["first", "other"]);
    open_();
    await receiver.waitFor(3);
    expect(textsOf(receiver)).toEqual(["first", "other", "second"]);
  });

  it("has at most max_connections requests in flight", async () => {
    const { api, server, botId } = await open();
    const receiver = await openReceiver();
    const waiting: (() => void)[] = [];
    receiver.onRequest = () => ({ after: new Promise<void>((resolve) => waiting.push(resolve)) });
    await api.setWebhook(receiver.url, { max_connections: 2 });
    for (let index = 0; index < 5; index++) await (await openPhone(server.url, botId)).say(`${index}`);
    for (let count = 1; count <= 5; count++) {
      await waitUntil("a request waits", () => waiting.length > 0);
      waiting.shift()?.();
    }
    await receiver.waitFor(5);
    expect(receiver.peak).toBe(2);
  });

  it("tries again at once, then after 2, 4, 8 s and so on, until the answer is 2xx", async () => {
    const clock = new ManualClock();
    const { api, phone } = await open({ clock, retryScale: 1 });
    const receiver = await openReceiver();
    receiver.onRequest = () => ({ status: 500 });
    await api.setWebhook(receiver.url);
    await phone.say("a");
    await receiver.waitFor(2);
    for (const [index, seconds] of [2, 4, 8, 16, 32, 60, 60].entries()) {
      await waitUntil("the next attempt is planned", () => clock.nextAt === clock.now() + seconds * 1000);
      clock.advance(seconds * 1000);
      await receiver.waitFor(index + 3);
    }
    expect(await api.getWebhookInfo()).toMatchObject({
      ...{ pending_update_count: 1, last_error_date: expect.any(Number) },
      last_error_message: "Wrong response from the webhook: 500 Internal Server Error",
    });
    receiver.onRequest = () => ({});
    await waitUntil("the next attempt is planned", () => clock.nextAt === clock.now() + 60_000);
    clock.advance(60_000);
    await waitUntil(
      "nothing is pending",
      async () => (await api.getWebhookInfo()).pending_update_count === 0,
    );
    expect(new Set(idsOf(receiver)).size).toBe(1);
  });

  it("waits as long as Retry-After says", async () => {
    const clock = new ManualClock();
    const { api, phone } = await open({ clock, retryScale: 1 });
    const receiver = await openReceiver();
    receiver.onRequest = () => ({ status: 429, headers: { "retry-after": "90" } });
    await api.setWebhook(receiver.url);
    await phone.say("a");
    await waitUntil("the next attempt is planned", () => clock.nextAt === clock.now() + 90_000);
  });

  it("drops an update that a day of attempts did not deliver, and goes on with the next", async () => {
    const clock = new ManualClock();
    const { api, phone, server, botId } = await open({
      clock,
      retryScale: 1,
      limits: { updateRetentionMs: 5_000 },
    });
    const receiver = await openReceiver();
    receiver.onRequest = ({ text }) => ({ status: text.includes('"old"') ? 500 : 200 });
    await api.setWebhook(receiver.url);
    await phone.say("old");
    await receiver.waitFor(2);
    await waitUntil("the next attempt is planned", () => clock.nextAt === clock.now() + 2_000);
    clock.advance(2_000);
    await receiver.waitFor(3);
    await waitUntil("it is dropped", async () => (await api.getWebhookInfo()).pending_update_count === 0);
    await phone.say("new");
    await receiver.waitFor(4);
    expect(textsOf(receiver)).toEqual(["old", "old", "old", "new"]);
    const updates = await fetch(`${server.url}/api/bots/${botId}/updates`).then((answer) => answer.json());
    expect(updates.items.map(({ state }: { state: string }) => state)).toEqual(["dropped", "delivered"]);
  });

  it("counts a webhook that does not answer in time as failed", async () => {
    const { api, phone } = await open({ limits: { webhookTimeoutMs: 50 }, retryScale: 1 });
    const receiver = await openReceiver();
    receiver.onRequest = () => ({ after: new Promise(() => {}) });
    await api.setWebhook(receiver.url);
    await phone.say("a");
    await waitUntil(
      "the error is shown",
      async () => (await api.getWebhookInfo()).last_error_message === "Read timeout expired",
    );
    await api.setWebhook("http://127.0.0.1:9/");
    await waitUntil(
      "the error is shown",
      async () => (await api.getWebhookInfo()).last_error_message === "Connection refused",
    );
  });

  it("executes the method call that the webhook answers with", async () => {
    const { api, phone } = await open();
    const receiver = await openReceiver();
    receiver.onRequest = ({ text }) => {
      const { message } = JSON.parse(text);
      const call = { method: "sendMessage", chat_id: message.chat.id, text: `Re: ${message.text}` };
      return { headers: { "content-type": "application/json" }, body: JSON.stringify(call) };
    };
    await api.setWebhook(receiver.url);
    await phone.say("a");
    expect((await phone.nextMessage()).text).toBe("Re: a");
    receiver.onRequest = () => ({
      ...{ headers: { "content-type": "application/json" }, body: '{"method":"deleteWebhook"}' },
    });
    await phone.say("b");
    await receiver.waitFor(2);
    expect((await api.getWebhookInfo()).url).toBe(receiver.url);
  });
});

describe("faults of the delivery", () => {
  it("sends an update again, also several times at once", async () => {
    const { api, phone, server, botId } = await open();
    const receiver = await openReceiver();
    await api.setWebhook(receiver.url);
    const { updateId } = await phone.say("a");
    await receiver.waitFor(1);
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    receiver.onRequest = () => ({ after: gate });
    const redelivered = controlOf(server.url).redeliver(botId, updateId ?? 0, 3);
    await waitUntil("three requests at once", () => receiver.active === 3);
    release();
    expect((await redelivered).attempts).toHaveLength(3);
    expect(new Set(idsOf(receiver))).toEqual(new Set([updateId]));
    await expect(controlOf(server.url).redeliver(botId, 1)).rejects.toThrow("409");
  });

  it("sends each update twice at once", async () => {
    const { api, phone, server } = await open();
    const receiver = await openReceiver();
    await api.setWebhook(receiver.url);
    await controlOf(server.url).setFaults({ updates: { copies: 2 } });
    const { updateId } = await phone.say("a");
    await receiver.waitFor(2);
    expect(idsOf(receiver)).toEqual([updateId, updateId]);
  });

  it("collects updates and sends them last first", async () => {
    const { api, phone, server } = await open();
    const receiver = await openReceiver();
    await api.setWebhook(receiver.url);
    await controlOf(server.url).setFaults({ updates: { reorder: 3 } });
    for (const text of ["a", "b", "c", "d"]) await phone.say(text);
    await receiver.waitFor(4);
    expect(textsOf(receiver).filter((text) => text !== "d")).toEqual(["c", "b", "a"]);
  });

  it("sends what it has collected when the fault is cleared", async () => {
    const { api, phone, server, botId } = await open();
    const receiver = await openReceiver();
    await api.setWebhook(receiver.url);
    await controlOf(server.url).setFaults({ updates: { reorder: 3, bot: botId } });
    for (const text of ["a", "b"]) await phone.say(text);
    expect(receiver.received).toHaveLength(0);
    await controlOf(server.url).setFaults({});
    await receiver.waitFor(2);
    expect(textsOf(receiver)).toEqual(["a", "b"]);
    await controlOf(server.url).setFaults({ updates: { hold: true, bot: botId + 1 } });
    await phone.say("c");
    await receiver.waitFor(3);
  });

  it("holds updates back until it is cleared", async () => {
    const { api, phone, server } = await open();
    const receiver = await openReceiver();
    await api.setWebhook(receiver.url);
    await controlOf(server.url).setFaults({ updates: { hold: true } });
    await phone.say("a");
    expect((await api.getWebhookInfo()).pending_update_count).toBe(1);
    expect(receiver.received).toHaveLength(0);
    await controlOf(server.url).setFaults({});
    await receiver.waitFor(1);
  });
});
