import { Receiver } from "@upstash/qstash";
import { describe, expect, it } from "vitest";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { start } from "@/tests/support/servers/qstash";

describe("callbacks", () => {
  it("report every attempt, signed, with the destination's response", async () => {
    const { client, receiver, qstash } = await start({ retryScale: 0 });
    receiver.onRequest = ({ path, headers }) =>
      path === "/work"
        ? {
            status: headers["upstash-retried"] === "1" ? 200 : 500,
            body: `try ${headers["upstash-retried"]}`,
            headers: { "x-a": "b" },
          }
        : undefined;
    const { messageId } = await client.publish({
      url: `${receiver.url}/work`,
      body: "payload",
      retries: 5,
      callback: `${receiver.url}/done`,
      failureCallback: `${receiver.url}/failed`,
      headers: { "Upstash-Callback-Forward-X-Mine": "yes", "Upstash-Callback-Method": "PUT", "x-h": "1" },
    });
    const calls = await receiver.waitFor(2, ({ path }) => path === "/done");
    const payloads = calls.map(({ text }) => JSON.parse(text)).sort((a, b) => a.retried - b.retried);
    expect(payloads).toMatchObject([
      { status: 500, retried: 0, body: Buffer.from("try 0").toString("base64") },
      { status: 200, retried: 1, body: Buffer.from("try 1").toString("base64") },
    ]);
    expect(payloads[0]).toMatchObject({
      maxRetries: 5,
      sourceMessageId: messageId,
      url: `${receiver.url}/work`,
      method: "POST",
      header: { "X-A": ["b"] },
      sourceHeader: { "X-H": ["1"] },
      sourceBody: Buffer.from("payload").toString("base64"),
      createdAt: expect.any(Number),
      notBefore: expect.any(Number),
      callerIP: "127.0.0.1",
    });
    expect(payloads[0]).not.toHaveProperty("dlqId");
    const [call] = calls;
    expect(call?.method).toBe("PUT");
    expect(call?.headers).toMatchObject({ "content-type": "application/json", "x-mine": "yes" });
    expect(call?.headers["upstash-message-id"]).not.toBe(messageId);
    await new Receiver({
      currentSigningKey: qstash.keys.current,
      nextSigningKey: "n",
      devMode: false,
    }).verify({
      signature: String(call?.headers["upstash-signature"]),
      body: call?.text ?? "",
      url: `${receiver.url}/done`,
    });
    await waitUntil("all messages to end", () => qstash.stats().pending === 0);
    expect(receiver.received.some(({ path }) => path === "/failed")).toBe(false);
  });

  it("for a failure are sent once, with the dead letter's id, and are retried like messages", async () => {
    const { client, receiver, qstash, api } = await start({ retryScale: 0 });
    receiver.onRequest = ({ path, headers }) => ({
      status: path === "/failed" && headers["upstash-retried"] === "2" ? 200 : 500,
    });
    await client.publish({
      url: `${receiver.url}/work`,
      retries: 2,
      failureCallback: `${receiver.url}/failed`,
    });
    const calls = await receiver.waitFor(3, ({ path }) => path === "/failed");
    const payload = JSON.parse(calls[0]?.text ?? "");
    const [letter] = (await client.dlq.listMessages()).messages;
    expect(payload).toMatchObject({ status: 500, retried: 2, maxRetries: 2, dlqId: letter?.dlqId });
    await waitUntil("all messages to end", () => qstash.stats().pending === 0);
    expect(qstash.stats()).toMatchObject({ deadLetters: 1, delivered: 1 });

    receiver.onRequest = () => undefined;
    const again = await api(`/v2/dlq/callback/${letter?.dlqId}`, { method: "POST" });
    expect(again.status).toBe(201);
    const [, , , repeated] = await receiver.waitFor(4, ({ path }) => path === "/failed");
    expect(JSON.parse(repeated?.text ?? "")).toMatchObject({ dlqId: letter?.dlqId, status: 500 });
    expect(qstash.stats().deadLetters).toBe(1);
  });

  it("that fail become dead letters", async () => {
    const { client, receiver, qstash } = await start({ retryScale: 0 });
    receiver.onRequest = ({ path }) => ({ status: path === "/work" ? 200 : 500 });
    await client.publish({
      url: `${receiver.url}/work`,
      callback: `${receiver.url}/done`,
      headers: { "Upstash-Callback-Retries": "1" },
    });
    await waitUntil("the dead letter", () => qstash.stats().deadLetters === 1);
    expect(receiver.received.filter(({ path }) => path === "/done")).toHaveLength(2);
  });

  it("are redacted when their message is", async () => {
    const { client, receiver, qstash } = await start();
    await client.publish({
      url: `${receiver.url}/work`,
      body: "a secret",
      redact: { body: true },
      callback: `${receiver.url}/done`,
    });
    await waitUntil("message and callback", () => qstash.stats().delivered === 2);
    const { logs } = await client.logs();
    const texts = logs.map(({ body }) => `${body} ${Buffer.from(body ?? "", "base64")}`).join();
    expect(texts).not.toContain("secret");
    expect(texts).not.toContain(Buffer.from("a secret").toString("base64"));
    const delivered = JSON.parse(receiver.received.find(({ path }) => path === "/done")?.text ?? "");
    expect(Buffer.from(delivered.sourceBody, "base64").toString()).toBe("a secret");
  });
});
