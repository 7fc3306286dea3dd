import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { runs } from "@/tests/support/fuzz/runs";
import { ManualClock } from "@/tests/support/servers/manual-clock";
import { start } from "@/tests/support/servers/qstash";

describe("queues", () => {
  it("deliver one at a time in FIFO order, and retries block later messages", async () => {
    const { client, receiver, qstash } = await start({ retryScale: 0 });
    const queue = client.queue({ queueName: "orders" });
    // The second message fails twice; no other may overtake it.
    receiver.onRequest = ({ text, headers }) => ({
      status: text === "2" && headers["upstash-retried"] !== "2" ? 500 : 200,
    });
    for (const body of ["1", "2", "3", "4"]) await queue.enqueue({ url: receiver.url, body });
    await waitUntil("all messages to end", () => qstash.stats().pending === 0);
    expect(receiver.texts).toEqual(["1", "2", "2", "2", "3", "4"]);
    expect(receiver.peak).toBe(1);
  });

  it("send the next message after the callbacks of the previous one", async () => {
    const { client, receiver, qstash } = await start({ retryScale: 0 });
    const queue = client.queue({ queueName: "q" });
    receiver.onRequest = ({ path, headers }) => ({
      status: path === "/done" && headers["upstash-retried"] === "0" ? 500 : 200,
    });
    await queue.enqueue({ url: `${receiver.url}/1`, callback: `${receiver.url}/done` });
    await queue.enqueue({ url: `${receiver.url}/2` });
    await waitUntil("all messages to end", () => qstash.stats().pending === 0);
    expect(receiver.received.map(({ path }) => path)).toEqual(["/1", "/done", "/done", "/2"]);
  });

  it("keep the order for any number of messages and failures", async () => {
    const { client, receiver, qstash } = await start({ retryScale: 0 });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(2), { minLength: 1, maxLength: 8 }), async (failures) => {
        const queueName = `q-${run++}`;
        receiver.received.length = 0;
        receiver.onRequest = ({ text, headers }) => {
          const fails = failures[Number(text)] ?? 0;
          return { status: Number(headers["upstash-retried"]) < fails ? 500 : 200 };
        };
        await client.batchJSON(failures.map((_, body) => ({ url: receiver.url, body, queueName })));
        await waitUntil("all messages to end", () => qstash.stats().pending === 0);
        expect(receiver.texts.map(Number)).toEqual(
          failures.flatMap((fails, index) => Array.from({ length: fails + 1 }, () => index)),
        );
      }),
      { numRuns: runs(25) },
    );
  });

  it("deliver up to `parallelism` messages concurrently", async () => {
    const { client, receiver, qstash } = await start();
    const queue = client.queue({ queueName: "wide" });
    await queue.upsert({ parallelism: 3 });
    let release = () => {};
    const after = new Promise<void>((resolve) => {
      release = resolve;
    });
    receiver.onRequest = () => ({ after });
    for (let index = 0; index < 7; index++) await queue.enqueue({ url: receiver.url });
    await receiver.waitFor(3);
    expect(await queue.get()).toMatchObject({ name: "wide", parallelism: 3, paused: false, lag: 7 });
    await queue.upsert({ parallelism: 4 });
    await receiver.waitFor(4);
    release();
    await waitUntil("all messages to end", () => qstash.stats().pending === 0);
    expect(receiver.peak).toBe(4);
    expect((await queue.get()).lag).toBe(0);
  });

  it("deliver nothing while paused, retries included, and continue when resumed", async () => {
    const clock = new ManualClock();
    const { client, receiver, qstash } = await start({ clock });
    const queue = client.queue({ queueName: "q" });
    receiver.onRequest = ({ headers }) => ({ status: headers["upstash-retried"] === "0" ? 500 : 200 });
    await queue.enqueue({ url: receiver.url, body: "1" });
    await queue.enqueue({ url: receiver.url, body: "2" });
    await receiver.waitFor(1);
    await waitUntil("the attempt to end", () => qstash.stats().inFlight === 0);
    await queue.pause();
    expect((await queue.get()).paused).toBe(true);
    clock.advance(60_000);
    expect(qstash.stats()).toMatchObject({ inFlight: 0, pending: 2 });
    expect(receiver.received).toHaveLength(1);
    await queue.resume();
    await receiver.waitFor(3);
    expect(receiver.texts).toEqual(["1", "1", "2"]);
  });

  it("do not block later messages behind a delayed one", async () => {
    const clock = new ManualClock();
    const { client, receiver } = await start({ clock });
    const queue = client.queue({ queueName: "q" });
    await queue.enqueue({ url: receiver.url, body: "late", delay: 10 });
    await queue.enqueue({ url: receiver.url, body: "now" });
    await receiver.waitFor(1);
    clock.advance(10_000);
    await receiver.waitFor(2);
    expect(receiver.texts).toEqual(["now", "late"]);
  });

  it("are created by the first message, listed, and deleted with their messages", async () => {
    const clock = new ManualClock();
    const { client, receiver, qstash, api } = await start({ clock });
    const { messageId } = await client.queue({ queueName: "made" }).enqueue({ url: receiver.url, delay: 60 });
    expect(await client.messages.get(messageId)).toMatchObject({ queueName: "made" });
    expect((await client.queue().list()).map(({ name, lag }) => [name, lag])).toEqual([["made", 1]]);
    await client.queue({ queueName: "made" }).delete();
    expect(await client.queue().list()).toEqual([]);
    expect(qstash.stats()).toMatchObject({ pending: 0, canceled: 1 });
    expect((await api("/v2/queues/made")).status).toBe(404);
    for (const body of ["{", '{"queueName":"a b"}', '{"queueName":"a","parallelism":0}', "{}"]) {
      expect((await api("/v2/queues", { method: "POST", body })).status).toBe(400);
    }
  });
});
