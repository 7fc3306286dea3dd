import { Receiver } from "@upstash/qstash";
import { describe, expect, it } from "vitest";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { ManualClock } from "@/tests/support/servers/manual-clock";
import { start } from "@/tests/support/servers/qstash";

describe("publishing", () => {
  it("delivers with QStash's headers, the forwarded ones and a signature that the SDK accepts", async () => {
    const { client, receiver, qstash } = await start();
    const url = `${receiver.url}/hook?x=1`;
    const { messageId } = await client.publishJSON({
      url,
      body: { hello: "мир" },
      headers: { "X-Mine": "yes", Authorization: "Bearer theirs" },
    });
    const [got] = await receiver.waitFor(1);
    expect(got?.method).toBe("POST");
    expect(got?.path).toBe("/hook?x=1");
    expect(got?.text).toBe('{"hello":"мир"}');
    expect(got?.headers).toMatchObject({
      "content-type": "application/json",
      "user-agent": "Upstash-QStash",
      "upstash-message-id": messageId,
      "upstash-retried": "0",
      "upstash-caller-ip": "127.0.0.1",
      "x-mine": "yes",
      authorization: "Bearer theirs",
    });
    expect(Object.keys(got?.headers ?? {}).filter((name) => name.startsWith("upstash-forward"))).toEqual([]);
    const verifier = new Receiver({
      currentSigningKey: qstash.keys.current,
      nextSigningKey: "sig_other",
      devMode: false,
    });
    const signature = String(got?.headers["upstash-signature"]);
    await expect(verifier.verify({ signature, body: got?.text ?? "", url })).resolves.toBe(true);
    await expect(verifier.verify({ signature, body: "other", url })).rejects.toThrow("body hash");
    await expect(verifier.verify({ signature, body: got?.text ?? "", url: `${url}/` })).rejects.toThrow(
      "invalid subject",
    );
  });

  it("signs the same claims as QStash", async () => {
    const clock = new ManualClock(1_700_000_000_000);
    const { client, receiver } = await start({ clock });
    await client.publish({ url: receiver.url, body: "abc" });
    const [got] = await receiver.waitFor(1);
    const [header, payload] = String(got?.headers["upstash-signature"])
      .split(".")
      .map((part) => Buffer.from(part, "base64url").toString());
    expect(JSON.parse(header ?? "")).toEqual({ alg: "HS256", typ: "JWT" });
    expect(JSON.parse(payload ?? "")).toEqual({
      iss: "Upstash",
      sub: receiver.url,
      iat: 1_700_000_000,
      exp: 1_700_000_300,
      nbf: 0,
      jti: expect.stringMatching(/^jwt_/),
      body: "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0", // sha256("abc")
    });
  });

  it("delivers a body of any bytes unchanged", async () => {
    const { api, receiver } = await start();
    const body = Buffer.from([...Array(256).keys(), 0, 255, 10, 13]);
    await api(`/v2/publish/${receiver.url}/bytes`, { method: "POST", body });
    const [got] = await receiver.waitFor(1);
    expect(got?.body.equals(body)).toBe(true);
  });

  it.each([
    ["raw, with // and a query", (url: string) => `${url}/a//b?c=d&e=%2F`, "/a//b?c=d&e=%2F"],
    ["encoded", (url: string) => encodeURIComponent(`${url}/a//b?c=d&e=%2F`), "/a//b?c=d&e=%2F"],
    ["with its // merged to /", (url: string) => `${url.replace("//", "/")}/a`, "/a"],
    ["with an empty part at the end of its query", (url: string) => `${url}/a?b=1&`, "/a?b=1&"],
    ["with an empty part within its query", (url: string) => `${url}/a?b=1&&c=2`, "/a?b=1&&c=2"],
    ["with the token in its query", (url: string) => `${url}/a?b=1&qstash_token=test-token`, "/a?b=1"],
  ])("accepts a destination %s", async (_, make, path) => {
    const { api, receiver } = await start();
    const response = await api(`/v2/publish/${make(receiver.url)}`, { method: "POST", body: "x" });
    expect(await response.json()).toMatchObject({ url: `${receiver.url}${path}` });
    const [got] = await receiver.waitFor(1);
    expect(got?.path).toBe(path);
  });

  it("delivers to an empty query in a batch; in a path fetch does not send one", async () => {
    const { client, receiver } = await start();
    const [answer] = await client.batch([{ url: `${receiver.url}/a?`, body: "x" }]);
    expect(answer).toMatchObject({ url: `${receiver.url}/a?` });
    const [got] = await receiver.waitFor(1);
    expect(got?.path).toBe("/a?");
  });

  it("uses the requested method", async () => {
    const { client, receiver } = await start();
    for (const method of ["GET", "PUT", "PATCH", "DELETE"] as const) {
      await client.publish({ url: `${receiver.url}/${method}`, method });
    }
    const got = await receiver.waitFor(4);
    for (const { method, path } of got) expect(path).toBe(`/${method}`);
  });

  it("waits for a delay or a time, and the time takes precedence", async () => {
    const clock = new ManualClock(1_700_000_000_000);
    const { client, api, receiver, qstash } = await start({ clock });
    await api(`/v2/publish/${receiver.url}/delay`, { method: "POST", headers: { "Upstash-Delay": "1d10h" } });
    await client.publish({ url: `${receiver.url}/both`, delay: 5, notBefore: 1_700_000_060 });
    clock.advance(59_999);
    expect(qstash.stats().inFlight).toBe(0);
    clock.advance(1);
    await receiver.waitFor(1);
    expect(receiver.received.map(({ path }) => path)).toEqual(["/both"]);
    // The receiver has the request before its response is recorded.
    await waitUntil("the response to be recorded", () => qstash.stats().inFlight === 0);
    clock.advance(34 * 3_600_000 - 60_001);
    expect(qstash.stats().pending).toBe(1);
    clock.advance(1);
    await receiver.waitFor(2);
  });

  it("does not follow redirects", async () => {
    const { client, receiver, qstash } = await start();
    receiver.onRequest = () => ({ status: 302, headers: { location: `${receiver.url}/elsewhere` } });
    await client.publish({ url: receiver.url, retries: 0 });
    await waitUntil("the dead letter", () => qstash.stats().deadLetters === 1);
    expect(receiver.received).toHaveLength(1);
  });

  it("with connectTo delivers to another address and signs the public URL", async () => {
    const target = await start();
    const { client, qstash } = await start({ connectTo: { "app.example.com": target.receiver.url } });
    await client.publish({ url: "https://app.example.com/hook", body: "x" });
    const [got] = await target.receiver.waitFor(1);
    expect(got?.headers.host).toBe("app.example.com");
    const verifier = new Receiver({
      currentSigningKey: qstash.keys.current,
      nextSigningKey: "n",
      devMode: false,
    });
    const signature = String(got?.headers["upstash-signature"]);
    await verifier.verify({ signature, body: "x", url: "https://app.example.com/hook" });
  });
});

describe("a publish is refused", () => {
  it.each([
    [
      "a destination without a scheme",
      {},
      "example.com",
      "invalid destination url: endpoint has invalid scheme",
    ],
    ["a destination that cannot be parsed", {}, "http://", "invalid destination url"],
    ["a delay without a unit", { "Upstash-Delay": "soon" }, null, "Upstash-Delay"],
    ["a negative retry count", { "Upstash-Retries": "-1" }, null, "Upstash-Retries"],
    ["an unknown method", { "Upstash-Method": "BREW" }, null, "Upstash-Method"],
    [
      "a retry delay with code in it",
      { "Upstash-Retry-Delay": "process.exit(1)" },
      null,
      "Upstash-Retry-Delay",
    ],
    ["an invalid callback URL", { "Upstash-Callback": "nowhere" }, null, "invalid callback url"],
    ["a time that is not a number", { "Upstash-Not-Before": "tomorrow" }, null, "Upstash-Not-Before"],
    [
      "a deduplication id with a colon",
      { "Upstash-Deduplication-Id": "a:b" },
      null,
      "DeduplicationId cannot contain ':'",
    ],
    [
      "flow control without a key",
      { "Upstash-Flow-Control-Value": "rate=1" },
      null,
      "Upstash-Flow-Control-Key",
    ],
    ["flow control without limits", { "Upstash-Flow-Control-Key": "k" }, null, "Upstash-Flow-Control-Value"],
    [
      "a rate of 0",
      { "Upstash-Flow-Control-Key": "k", "Upstash-Flow-Control-Value": "rate=0" },
      null,
      "rate",
    ],
    ["a cron that never fires", { "Upstash-Cron": "0 0 31 2 *" }, null, "invalid cron"],
  ])("with 400 and a reason for %s", async (_, headers, destination, reason) => {
    const { api, receiver, qstash } = await start();
    const response = await api(`/v2/publish/${destination ?? receiver.url}`, {
      method: "POST",
      headers,
      body: "x",
    });
    expect(response.status).toBe(400);
    expect(((await response.json()) as { error: string }).error).toContain(reason);
    expect(qstash.stats().published).toBe(0);
  });

  it("with 401 without the token, which may be in the header or the query", async () => {
    const { qstash, receiver } = await start();
    const url = `${qstash.url}/v2/publish/${receiver.url}`;
    for (const init of [{}, { headers: { authorization: "Bearer wrong-token" } }]) {
      const response = await fetch(url, { method: "POST", body: "x", ...init });
      expect(response.status).toBe(401);
      expect(await response.json()).toEqual({ error: "unable to authenticate: invalid token" });
    }
    const response = await fetch(`${url}?qstash_token=test-token`, { method: "POST", body: "x" });
    expect(response.status).toBe(200);
    await receiver.waitFor(1);
  });

  it("with 413 for a body over the limit", async () => {
    const { api, receiver } = await start({ limits: { maxBodyBytes: 10 } });
    const response = await api(`/v2/publish/${receiver.url}`, { method: "POST", body: "01234567890" });
    expect(response.status).toBe(413);
  });

  it("in a batch only for invalid messages", async () => {
    const { client, api, receiver } = await start();
    await client.urlGroups.addEndpoints({
      name: "both",
      endpoints: [{ url: `${receiver.url}/1` }, { url: `${receiver.url}/2` }],
    });
    const response = await api("/v2/batch", {
      method: "POST",
      body: JSON.stringify([
        {
          destination: `${receiver.url}/ok`,
          body: "1",
          headers: { "Upstash-Forward-A": "b", "content-type": "text/x" },
        },
        { destination: "nowhere" },
        { destination: receiver.url, headers: { "Upstash-Delay": "x" } },
        { destination: "both" },
        "what",
      ]),
    });
    const answers = (await response.json()) as unknown[];
    expect(response.status).toBe(200);
    expect(answers).toMatchObject([
      { messageId: expect.stringMatching(/^msg_/) },
      { error: expect.stringContaining("invalid destination") },
      { error: expect.stringContaining("Upstash-Delay") },
      [{ url: `${receiver.url}/1` }, { url: `${receiver.url}/2` }],
      { error: expect.any(String) },
    ]);
    const got = await receiver.waitFor(3);
    expect(got.find(({ path }) => path === "/ok")?.headers).toMatchObject({
      a: "b",
      "content-type": "text/x",
    });
  });
});

describe("deduplication", () => {
  it("answers a duplicate with the first message until the window ends", async () => {
    const clock = new ManualClock();
    // Shorter than the prune interval, so that the window and not the pruning ends it.
    const { client, api, receiver } = await start({ clock, limits: { dedupWindowMs: 10_000 } });
    const publish = () => client.publish({ url: receiver.url, body: "x", deduplicationId: "order-1" });
    const first = await publish();
    const second = await publish();
    expect(second).toEqual({ ...first, deduplicated: true });
    const raw = await api(`/v2/publish/${receiver.url}`, {
      method: "POST",
      headers: { "Upstash-Deduplication-Id": "order-1" },
    });
    expect(raw.status).toBe(202);
    clock.advance(9999);
    expect((await publish()).messageId).toBe(first.messageId);
    clock.advance(1);
    expect((await publish()).messageId).not.toBe(first.messageId);
    await receiver.waitFor(2);
    expect(receiver.received).toHaveLength(2);
  });

  it("by content distinguishes body, destination and forwarded headers", async () => {
    const { client, receiver } = await start();
    const publish = (body: string, path: string, header: string) =>
      client.publish({
        url: `${receiver.url}${path}`,
        body,
        headers: { "x-h": header },
        contentBasedDeduplication: true,
      });
    const answers = [
      await publish("a", "/", "1"),
      await publish("a", "/", "1"),
      await publish("b", "/", "1"),
      await publish("a", "/other", "1"),
      await publish("a", "/", "2"),
    ];
    expect(answers.map(({ deduplicated }) => deduplicated)).toEqual([
      undefined,
      true,
      undefined,
      undefined,
      undefined,
    ]);
    await receiver.waitFor(4);
  });

  it("applies in one batch too, and accepts only one of many concurrent publishes", async () => {
    const { client, receiver, qstash } = await start();
    const batch = await client.batchJSON([
      { url: receiver.url, body: "1", deduplicationId: "same" },
      { url: receiver.url, body: "2", deduplicationId: "same" },
    ]);
    const many = await Promise.all(
      Array.from({ length: 20 }, () => client.publish({ url: receiver.url, deduplicationId: "same" })),
    );
    const ids = new Set([...batch, ...many].map(({ messageId }) => messageId));
    expect(ids.size).toBe(1);
    await receiver.waitFor(1);
    expect(qstash.stats()).toMatchObject({ published: 1, deduplicated: 21 });
  });
});
