import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { ManualClock } from "@/tests/support/servers/manual-clock";
import { start } from "@/tests/support/servers/qstash";

const SECOND = 1000;

/** Starts with a manual clock, and measures the delay before each attempt. */
async function startTimed(options: Parameters<typeof start>[0] = {}) {
  const clock = new ManualClock();
  const harness = await start({ clock, ...options });
  const { qstash, receiver } = harness;
  const idle = () => waitUntil("attempts to end", () => qstash.stats().inFlight === 0);
  /** Advances in steps until the next attempt. @returns the time advanced (ms) */
  const nextAttemptAfter = async (stepMs: number, limitMs: number): Promise<number> => {
    await idle();
    const before = receiver.received.length;
    for (let waited = 0; waited <= limitMs; ) {
      if (qstash.stats().inFlight > 0) {
        await receiver.waitFor(before + 1);
        await idle();
        return waited;
      }
      // Skips the steps in which no timer is due.
      const steps = Math.max(1, Math.ceil((clock.nextAt - clock.now()) / stepMs));
      clock.advance(steps * stepMs);
      waited += steps * stepMs;
    }
    throw new Error(`no attempt within ${limitMs} ms`);
  };
  return { ...harness, clock, idle, nextAttemptAfter };
}

describe("retries", () => {
  it("come after 12 s, 2 m 28 s, 30 m 8 s, 6 h 7 m and a day, and send their number", async () => {
    const { client, receiver, qstash, nextAttemptAfter } = await startTimed();
    receiver.onRequest = () => ({ status: 500 });
    await client.publish({ url: receiver.url, retries: 6 });
    await receiver.waitFor(1);
    const waits: number[] = [];
    for (let retry = 1; retry <= 6; retry++) waits.push(await nextAttemptAfter(SECOND, 90_000 * SECOND));
    expect(waits.map((wait) => wait / SECOND)).toEqual([13, 149, 1809, 22027, 86_400, 86_400]);
    expect(receiver.received.map(({ headers }) => headers["upstash-retried"])).toEqual([
      "0",
      "1",
      "2",
      "3",
      "4",
      "5",
      "6",
    ]);
    expect(qstash.stats()).toMatchObject({ retried: 6, deadLetters: 1, pending: 0 });
  });

  it("are three by default, and then the message becomes a dead letter", async () => {
    const { client, receiver, qstash } = await start({ retryScale: 0 });
    receiver.onRequest = () => ({ status: 503 });
    await client.publish({ url: receiver.url });
    await waitUntil("the dead letter", () => qstash.stats().deadLetters === 1);
    expect(receiver.received).toHaveLength(4);
  });

  it("use the delay of the expression, scaled", async () => {
    const { client, receiver, nextAttemptAfter } = await startTimed({ retryScale: 0.5 });
    receiver.onRequest = () => ({ status: 500 });
    await client.publish({ url: receiver.url, retries: 3, retryDelay: "max(2, pow(2, retried)) * 1000" });
    await receiver.waitFor(1);
    const waits = [];
    for (let retry = 1; retry <= 3; retry++) waits.push(await nextAttemptAfter(100, 20 * SECOND));
    expect(waits).toEqual([1000, 1000, 2000]);
  });

  it.each([
    ["seconds", () => "100", 100],
    ["a duration", () => "1m5s", 65],
    ["a date", (now: number) => new Date(now + 40_000).toUTCString(), 40],
    ["nothing", () => "0", 0],
    ["more than a day, so the backoff applies", () => "90000", 13],
    ["nonsense, so the backoff applies", () => "later", 13],
    ["a negative number, so the backoff applies", () => "-1", 13],
    ["a number with a sign, so the backoff applies", () => "+5", 13],
  ])("honor Retry-After: %s", async (_, value, seconds) => {
    const { client, clock, receiver, nextAttemptAfter } = await startTimed();
    receiver.onRequest = () => ({ status: 429, headers: { "retry-after": value(clock.now()) } });
    await client.publish({ url: receiver.url, retries: 1 });
    await receiver.waitFor(1);
    if (seconds === 0) {
      await receiver.waitFor(2);
      return;
    }
    const waited = (await nextAttemptAfter(SECOND, 2000 * SECOND)) / SECOND;
    expect(Math.abs(waited - seconds)).toBeLessThanOrEqual(1); // a date has whole seconds
  });

  it("stop on 489 together with its header, but not on either alone", async () => {
    const { client, receiver, qstash } = await start({ retryScale: 0 });
    const never: Record<string, string> = { "Upstash-NonRetryable-Error": "true" };
    receiver.onRequest = ({ path }) => ({
      status: path === "/header" ? 500 : 489,
      headers: path === "/status" ? {} : never,
    });
    await client.publish({ url: `${receiver.url}/never` });
    for (const path of ["/status", "/header"]) await client.publish({ url: receiver.url + path, retries: 2 });
    await waitUntil("three dead letters", () => qstash.stats().deadLetters === 3);
    expect(receiver.received.filter(({ path }) => path === "/never")).toHaveLength(1);
    for (const again of ["/status", "/header"]) {
      expect(receiver.received.filter(({ path }) => path === again)).toHaveLength(3);
    }
  });

  it("treat a timeout as a failure and close the connection", async () => {
    const { client, clock, receiver, qstash, idle } = await startTimed();
    receiver.onRequest = () => ({ after: new Promise(() => {}) });
    await client.publish({ url: receiver.url, timeout: 5, retries: 0 });
    await receiver.waitFor(1);
    clock.advance(4999);
    expect(qstash.stats().inFlight).toBe(1);
    clock.advance(1);
    await idle();
    const [letter] = (await client.dlq.listMessages()).messages;
    expect(letter?.responseStatus).toBe(0);
    expect(letter?.responseBody).toContain("timeout");
    await waitUntil("the connection to be closed", () => receiver.received[0]?.abandoned === true);
  });

  it("treat a refused connection and an unknown host as failures", async () => {
    const { client, qstash } = await start({ retryScale: 0 });
    const closed = await closedPort();
    await client.publish({ url: `http://127.0.0.1:${closed}/`, retries: 1 });
    await client.publish({ url: "http://no-such-host.invalid/", retries: 0 });
    await waitUntil("two dead letters", () => qstash.stats().deadLetters === 2);
    const { messages } = await client.dlq.listMessages();
    const reasons = messages.map(({ responseBody }) => responseBody).join();
    expect(reasons).toContain("ECONNREFUSED");
    expect(reasons).toMatch(/ENOTFOUND|EAI_AGAIN/);
  });

  it("truncate a response at the limit, and do not wait for the end of an endless one", async () => {
    const { client, receiver, qstash } = await start({ limits: { maxResponseBytes: 1000 } });
    receiver.onRequest = () => ({ status: 500, body: "x".repeat(5_000_000) });
    await client.publish({ url: receiver.url, retries: 0 });
    await waitUntil("the dead letter", () => qstash.stats().deadLetters === 1);
    const [letter] = (await client.dlq.listMessages()).messages;
    expect(letter?.responseBody).toBe("x".repeat(1000));
  });
});

/** Returns a port that was just closed. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}
