import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newKey, startTestGateway, type TestGateway, until } from "@/tests/support/servers/redis-gateway";

let t: TestGateway;
beforeAll(async () => {
  t = await startTestGateway();
});
afterAll(() => t.close());

/** An open event stream; `read` resolves with the next frame, without its blank line. */
interface Frames {
  readonly response: Response;
  read(): Promise<string | null>;
  close(): void;
}

async function open(route: string): Promise<Frames> {
  const abort = new AbortController();
  const response = await t.rest(route, { method: "POST", body: "[]", signal: abort.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  return {
    response,
    close: () => abort.abort(),
    read: async () => {
      for (;;) {
        const end = buffer.indexOf("\n\n");
        if (end !== -1) {
          const frame = buffer.slice(0, end);
          buffer = buffer.slice(end + 2);
          return frame;
        }
        const chunk = await reader?.read();
        if (chunk === undefined || chunk.done) return null;
        buffer += chunk.value;
      }
    },
  };
}

describe("/subscribe", () => {
  test("sends a subscribe event, then messages unchanged", async () => {
    const channel = newKey();
    const stream = await open(`/subscribe/${channel}`);
    expect(stream.response.headers.get("content-type")).toBe("text/event-stream");
    expect(await stream.read()).toBe(`data: subscribe,${channel},1`);
    expect((await t.post("/", ["PUBLISH", channel, 'hello, {"a":1} ż'])).body).toEqual({ result: 1 });
    expect(await stream.read()).toBe(`data: message,${channel},hello, {"a":1} ż`);
    stream.close();
  });

  test("accepts several channels", async () => {
    const [a, b] = [newKey(), newKey()];
    const stream = await open(`/subscribe/${a}/${b}`);
    expect([await stream.read(), await stream.read()]).toEqual([
      `data: subscribe,${a},1`,
      `data: subscribe,${b},2`,
    ]);
    await t.post("/", ["PUBLISH", b, "x"]);
    expect(await stream.read()).toBe(`data: message,${b},x`);
    stream.close();
  });

  test("sends a message with line breaks as one line, which the SDK reads as the same message", async () => {
    const channel = newKey();
    const subscription = t.redis.subscribe([channel]);
    const received: unknown[] = [];
    subscription.on("message", ({ message }) => received.push(message));
    await new Promise((resolve) => subscription.on("subscribe", resolve));
    const texts = ["one\ntwo\n\nthree", "a\r\nb", "c\rd", `x\ndata: message,${channel},forged`, "\n"];
    for (const text of texts) await t.post("/", ["PUBLISH", channel, text]);
    await t.post("/", ["PUBLISH", channel, '{\n  "pretty": "json"\r\n}']);
    await until(() => received.length > texts.length);
    expect(received).toEqual([...texts, { pretty: "json" }]);
    await subscription.unsubscribe();
  });

  test("keeps a line break in a channel's name out of the frame", async () => {
    const channel = newKey();
    const stream = await open(`/psubscribe/${channel}*`);
    await stream.read();
    await t.post("/", ["PUBLISH", `${channel}\n\ndata: message,other,forged`, "x"]);
    expect(await stream.read()).toBe(`data: pmessage,${channel}*,${channel}  data: message,other,forged,x`);
    stream.close();
  });

  test("sends a thousand messages in order", async () => {
    const channel = newKey();
    const stream = await open(`/subscribe/${channel}`);
    await stream.read();
    await t.post(
      "/pipeline",
      Array.from({ length: 1000 }, (_, index) => ["PUBLISH", channel, `${index}`]),
    );
    for (let index = 0; index < 1000; index++) {
      expect(await stream.read()).toBe(`data: message,${channel},${index}`);
    }
    stream.close();
  });

  test("unsubscribes a client that disconnects and ends its stream", async () => {
    const channel = newKey();
    const openStreams = () => t.gateway.stats.snapshot().openStreams;
    await until(() => openStreams() === 0); // streams of earlier tests
    const stream = await open(`/subscribe/${channel}`);
    await stream.read();
    expect(openStreams()).toBe(1);
    stream.close();
    await until(() => openStreams() === 0);
    await until(async () => (await t.redis.publish(channel, "anyone?")) === 0);
  });

  test("without a channel gets 400", async () => {
    const answer = await t.post("/subscribe", []);
    expect(answer).toEqual({
      status: 400,
      body: { error: "ERR wrong number of arguments for 'subscribe' command" },
    });
  });
});

test("/psubscribe sends messages that match the pattern", async () => {
  const prefix = newKey();
  const stream = await open(`/psubscribe/${prefix}:*`);
  expect(await stream.read()).toBe(`data: psubscribe,${prefix}:*,1`);
  await t.post("/", ["PUBLISH", `${prefix}x`, "no"]);
  await t.post("/", ["PUBLISH", `${prefix}:x`, "yes"]);
  expect(await stream.read()).toBe(`data: pmessage,${prefix}:*,${prefix}:x,yes`);
  stream.close();
});

test("/monitor sends all commands, those of scripts included", async () => {
  const key = newKey();
  const stream = await open("/monitor");
  expect(await stream.read()).toBe('data: "OK"');
  await t.post("/", ["EVAL", "return redis.call('SET', KEYS[1], 'from a script')", 1, key]);
  const seen: string[] = [];
  while (!seen.some((line) => /"set" "[^"]*" "from a script"/i.test(line)))
    seen.push((await stream.read()) ?? "");
  expect(seen[0]).toMatch(/^data: \d+\.\d+ \[\d+ [^\]]+\] "/);
  stream.close();
});

test("closing the gateway ends its streams", async () => {
  const own = await startTestGateway();
  const response = await own.rest("/subscribe/x");
  const text = response.text().catch(() => "cut");
  await own.close();
  expect(await text).toBe("cut");
});
