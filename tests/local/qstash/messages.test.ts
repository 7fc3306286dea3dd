import { describe, expect, it } from "vitest";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { ManualClock } from "@/tests/support/servers/manual-clock";
import { start } from "@/tests/support/servers/qstash";

describe("messages", () => {
  it("are returned with all options, and for a short time after they have ended", async () => {
    const clock = new ManualClock();
    const { client, receiver, qstash, api } = await start({ clock });
    const { messageId } = await client.publish({
      url: `${receiver.url}/a`,
      body: "text",
      headers: { "X-H": "1", "content-type": "text/plain" },
      delay: 60,
      retries: 2,
      retryDelay: "1000",
      callback: `${receiver.url}/done`,
      failureCallback: `${receiver.url}/failed`,
      label: ["a", "b"],
      flowControl: { key: "k", rate: 5, parallelism: 2, period: "1d" },
    });
    const message = {
      messageId,
      url: `${receiver.url}/a`,
      method: "POST",
      header: { "Content-Type": ["text/plain"], "X-H": ["1"] },
      body: "text",
      maxRetries: 2,
      retryDelayExpression: "1000",
      createdAt: clock.now(),
      notBefore: clock.now() + 60_000,
      callback: `${receiver.url}/done`,
      failureCallback: `${receiver.url}/failed`,
      label: "a",
      labels: ["a", "b"],
      flowControlKey: "k",
      rate: 5,
      parallelism: 2,
      period: 86_400,
      callerIP: "127.0.0.1",
    };
    const shown = async () => (await api(`/v2/messages/${messageId}`)).json();
    expect(await shown()).toEqual(message);
    clock.advance(60_000);
    await waitUntil("all messages to end", () => qstash.stats().pending === 0);
    expect(await shown()).toEqual(message);
    clock.advance(31_000);
    const gone = await api(`/v2/messages/${messageId}`);
    expect(gone.status).toBe(404);
    expect(await gone.json()).toEqual({ error: `message ${messageId} not found` });
  });

  it("show a body that is not UTF-8 as base64", async () => {
    const { client, api, receiver } = await start();
    const bytes = Buffer.from([0xff, 0xfe, 0]);
    const response = await api(`/v2/publish/${receiver.url}`, {
      method: "POST",
      body: bytes,
      headers: { "Upstash-Delay": "1h" },
    });
    const { messageId } = (await response.json()) as { messageId: string };
    const message = await client.messages.get(messageId);
    expect(message.bodyBase64).toBe(bytes.toString("base64"));
    expect(message.body).toBeUndefined();
  });

  it("are canceled before they are sent, by id, ids, filter, or all up to a count", async () => {
    const { client, receiver, qstash } = await start();
    const publish = (path: string, label: string) =>
      client.publish({ url: receiver.url + path, delay: "10d", label, flowControl: { key: label, rate: 1 } });
    const ids: string[] = [];
    for (const [path, label] of [
      ["/1", "a"],
      ["/2", "a"],
      ["/3", "b"],
      ["/4", "b"],
      ["/5", "c"],
      ["/6", "d"],
      ["/7", "d"],
    ] as const) {
      ids.push((await publish(path, label)).messageId);
    }
    expect(await client.messages.cancel(ids[0] ?? "")).toEqual({ cancelled: 1 });
    await expect(client.messages.cancel("msg_unknown")).rejects.toThrow("not found");
    expect(await client.messages.cancel([ids[0] ?? "", ids[1] ?? ""])).toEqual({ cancelled: 1 });
    expect(await client.messages.cancel({ filter: { path: ["/3"], label: "a" } })).toEqual({ cancelled: 0 });
    expect(await client.messages.cancel({ filter: { path: ["/3"], label: ["a", "b"] } })).toEqual({
      cancelled: 1,
    });
    expect(await client.messages.cancel({ filter: { host: "other.example" } })).toEqual({ cancelled: 0 });
    expect(await client.messages.cancel({ filter: { flowControlKey: ["b", "c"] } })).toEqual({
      cancelled: 2,
    });
    expect(await client.messages.cancel({ all: true, count: 1 })).toEqual({ cancelled: 1 });
    expect(await client.messages.cancel({ all: true })).toEqual({ cancelled: 1 });
    expect(qstash.stats()).toMatchObject({ pending: 0, canceled: 7, delivered: 0 });
    expect(receiver.received).toHaveLength(0);
  });

  it("canceled in flight are delivered if the attempt succeeds, and not retried if it fails", async () => {
    const { client, receiver, qstash } = await start({ retryScale: 0 });
    let release = () => {};
    const after = new Promise<void>((resolve) => {
      release = resolve;
    });
    receiver.onRequest = ({ path }) => ({ after, status: path === "/bad" ? 500 : 200 });
    const good = await client.publish({ url: `${receiver.url}/good` });
    const bad = await client.publish({ url: `${receiver.url}/bad` });
    await receiver.waitFor(2);
    expect(await client.messages.cancel([good.messageId, bad.messageId])).toEqual({ cancelled: 2 });
    release();
    await waitUntil("all messages to end", () => qstash.stats().pending === 0);
    expect(qstash.stats()).toMatchObject({ delivered: 1, canceled: 1, deadLetters: 0 });
    expect(receiver.received).toHaveLength(2);
    const statesOf = async (messageId: string) =>
      (await client.logs({ messageIds: [messageId] })).logs.map(({ state }) => state).reverse();
    expect(await statesOf(bad.messageId)).toEqual(["CREATED", "ACTIVE", "CANCEL_REQUESTED", "CANCELED"]);
    expect(await statesOf(good.messageId)).toEqual(["CREATED", "ACTIVE", "CANCEL_REQUESTED", "DELIVERED"]);
  });
});

describe("the log", () => {
  it("has all states of a message, with the response of each failure", async () => {
    const { client, receiver, qstash } = await start({ retryScale: 0 });
    receiver.onRequest = ({ headers }) =>
      headers["upstash-retried"] === "0" ? { status: 500, body: "broken" } : undefined;
    const { messageId } = await client.publish({ url: receiver.url, body: "b", label: "l" });
    await waitUntil("all messages to end", () => qstash.stats().pending === 0);
    const { logs } = await client.logs({ messageIds: [messageId] });
    const life = [...logs].reverse();
    expect(life.map(({ state }) => state)).toEqual([
      "CREATED",
      "ACTIVE",
      "ERROR",
      "RETRY",
      "ACTIVE",
      "DELIVERED",
    ]);
    expect(life[2]).toMatchObject({
      messageId,
      url: receiver.url,
      error: "unexpected status code 500",
      responseStatus: 500,
      responseBody: Buffer.from("broken").toString("base64"),
      body: Buffer.from("b").toString("base64"),
      label: "l",
      labels: ["l"],
      method: "POST",
      maxRetries: 3,
    });
    expect(life[3]?.nextDeliveryTime).toBeGreaterThan(0);
    expect(life[5]).not.toHaveProperty("responseStatus");
  });

  it("is filtered, paginated, and available under two paths", async () => {
    const { client, receiver, qstash, api } = await start({ retryScale: 0 });
    receiver.onRequest = ({ path }) => ({ status: path === "/bad" ? 500 : 200 });
    await client.publish({ url: `${receiver.url}/good` });
    await client.publish({ url: `${receiver.url}/bad`, retries: 1 });
    await waitUntil("all messages to end", () => qstash.stats().pending === 0);
    const read = async (query: string) => {
      const response = await api(`/v2/logs?${query}`);
      return (await response.json()) as {
        logs: { state: string; time: number; url: string }[];
        cursor?: string;
      };
    };
    const all = (await read("")).logs;
    expect(all).toHaveLength(3 + 7);
    expect((await read("state=IN_PROGRESS")).logs.map(({ state }) => state).sort()).toEqual([
      "ACTIVE",
      "ACTIVE",
      "ACTIVE",
      "ERROR",
      "ERROR",
      "RETRY",
    ]);
    expect((await read("state=FAILED")).logs).toHaveLength(1);
    expect((await read("path=/good")).logs).toHaveLength(3);
    expect((await read(`url=${receiver.url}/good,${receiver.url}/bad`)).logs).toHaveLength(10);
    expect((await read(`fromDate=${Date.now() + 60_000}`)).logs).toHaveLength(0);
    expect((await api("/v2/logs?state=LOST")).status).toBe(400);
    expect((await api("/v2/logs?labell=x")).status).toBe(400);
    expect((await api("/v2/logs?cursor=x")).status).toBe(400);

    const paged: unknown[] = [];
    let cursor: string | undefined = "";
    while (cursor !== undefined) {
      const page: Awaited<ReturnType<typeof read>> = await read(`count=3${cursor && `&cursor=${cursor}`}`);
      expect(page.logs.length).toBeLessThanOrEqual(3);
      paged.push(...page.logs);
      cursor = page.cursor;
    }
    expect(paged).toEqual(all);
    const events = (await (await api("/v2/events")).json()) as { events: unknown[] };
    expect(events.events).toEqual(all);
  });

  it("is bounded by number, size and age", async () => {
    const clock = new ManualClock();
    const byNumber = await start({ clock, limits: { maxLogEntries: 10 } });
    const bySize = await start({ limits: { maxLogBytes: 20_000 } });
    for (const { client, receiver, qstash } of [byNumber, bySize]) {
      for (let index = 0; index < 20; index++)
        await client.publish({ url: receiver.url, body: "x".repeat(1000) });
      await waitUntil("all messages to end", () => qstash.stats().pending === 0);
    }
    expect((await byNumber.client.logs()).logs).toHaveLength(10);
    const kept = (await bySize.client.logs()).logs;
    expect(kept.length).toBeGreaterThan(3);
    expect(new Set(kept.map(({ messageId }) => messageId)).size).toBeLessThan(10);
    clock.advance(4 * 86_400_000);
    expect((await byNumber.client.logs()).logs).toEqual([]);
  });

  it("and all other responses hide redacted values", async () => {
    const { client, receiver, qstash, api } = await start();
    receiver.onRequest = () => ({ status: 500 });
    const { messageId } = await client.publish({
      url: receiver.url,
      body: "hidden-body",
      headers: { "X-Hidden": "hidden-header", "X-Open": "open-header" },
      redact: { body: true, header: ["x-hidden"] },
      retries: 0,
    });
    await client.schedules.create({
      destination: receiver.url,
      cron: "0 0 1 1 *",
      body: "hidden-body",
      redact: { body: true },
    });
    await waitUntil("the dead letter", () => qstash.stats().deadLetters === 1);
    const texts = await Promise.all(
      [`/v2/messages/${messageId}`, "/v2/logs", "/v2/dlq", "/v2/schedules", "/"].map(async (path) =>
        (await api(path)).text(),
      ),
    );
    for (const text of texts) {
      expect(text).not.toContain("hidden-");
      expect(text).not.toContain(Buffer.from("hidden-body").toString("base64"));
    }
    expect(texts[0]).toContain("REDACTED:");
    expect(texts[0]).toContain("open-header");
    expect(receiver.received[0]).toMatchObject({ text: "hidden-body" });
    expect(receiver.received[0]?.headers["x-hidden"]).toBe("hidden-header");
  });
});
