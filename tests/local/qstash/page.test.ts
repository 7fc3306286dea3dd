import { request } from "node:http";
import { describe, expect, it } from "vitest";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { start, TOKEN } from "@/tests/support/servers/qstash";

describe("the page", () => {
  it("shows messages, attempts, dead letters, queues, schedules and flow control, escaped, with no secret", async () => {
    const { client, receiver, qstash } = await start({ retryScale: 0 });
    receiver.onRequest = ({ path }) => ({
      status: path.startsWith("/bad") ? 500 : 200,
      body: "<b>answer</b>",
    });
    const nasty = `<script>alert("1")</script>`;
    await client.publish({
      url: `${receiver.url}/good`,
      body: nasty,
      label: nasty,
      headers: { authorization: "Bearer theirs" },
    });
    await client.publish({
      url: `${receiver.url}/bad?q="'>`,
      body: nasty,
      retries: 1,
      flowControl: { key: nasty, rate: 9 },
    });
    await client.queue({ queueName: "my-queue" }).upsert({ parallelism: 2, paused: true });
    await client.schedules.create({
      scheduleId: "my-schedule",
      destination: "http://user:password@x/",
      cron: "0 0 1 1 *",
    });
    await waitUntil("all messages to end", () => qstash.stats().pending === 0);
    const response = await fetch(qstash.url);
    const text = await response.text();
    expect(response.headers.get("content-type")).toContain("text/html");
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    for (const shown of [
      "DELIVERED",
      "FAILED",
      "2 attempts",
      "my-queue",
      "paused",
      "my-schedule",
      "0 0 1 1 *",
    ]) {
      expect(text).toContain(shown);
    }
    expect(text).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;");
    expect(text).toContain("&lt;b&gt;answer&lt;/b&gt;");
    expect(text).not.toContain(nasty);
    expect(text).not.toContain("<b>");
    for (const secret of [TOKEN, qstash.keys.current, qstash.keys.next, "theirs", "password"]) {
      expect(text).not.toContain(secret);
    }
  });

  it("retries and deletes dead letters only on requests from the page itself", async () => {
    const { client, receiver, qstash } = await start();
    receiver.onRequest = () => ({ status: 500 });
    for (let index = 1; index <= 2; index++) {
      await client.publish({ url: `${receiver.url}/${index}`, retries: 0 });
      await waitUntil("the dead letter", () => qstash.stats().deadLetters === index);
    }
    receiver.onRequest = () => undefined;
    const [second, first] = (await client.dlq.listMessages()).messages;
    const post = (path: string, headers: Record<string, string>) =>
      fetch(qstash.url + path, { method: "POST", headers, redirect: "manual" });
    const retry = `/letters/${first?.dlqId}/retry`;
    const refused: Record<string, string>[] = [
      {},
      { origin: "https://evil.example" },
      { origin: "null" },
      { origin: "http://127.0.0.1:1" },
    ];
    for (const headers of refused) expect((await post(retry, headers)).status).toBe(403);
    for (const site of ["cross-site", "same-site", "none"]) {
      expect((await rawPost(qstash.url + retry, { "sec-fetch-site": site, origin: qstash.url })).status).toBe(
        403,
      );
    }
    expect((await fetch(qstash.url + retry)).status).toBe(405);
    expect(qstash.stats().deadLetters).toBe(2);

    expect((await post(retry, { origin: qstash.url })).status).toBe(303);
    await waitUntil("the retried message", () => qstash.stats().delivered === 1);
    const remove = await rawPost(`${qstash.url}/letters/${second?.dlqId}/delete`, {
      "sec-fetch-site": "same-origin",
    });
    expect(remove.status).toBe(303);
    expect(qstash.stats().deadLetters).toBe(0);
  });

  it("is refused under a foreign host name", async () => {
    const { qstash } = await start();
    const statusFor = (host: string) => rawPost(qstash.url, { host }, "GET").then(({ status }) => status);
    expect(await statusFor("evil.example")).toBe(403);
    expect(await statusFor("127.0.0.1.evil.example:8080")).toBe(403);
    for (const host of ["localhost:8080", "127.0.0.1", "[::1]:1", "qstash.localhost"]) {
      expect(await statusFor(host)).toBe(200);
    }
  });
});

/** For headers that `fetch` overrides: Host and Sec-Fetch-*. */
function rawPost(url: string, headers: Record<string, string>, method = "POST"): Promise<{ status: number }> {
  return new Promise((resolve, reject) => {
    request(url, { method, headers }, (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0 });
    })
      .on("error", reject)
      .end();
  });
}
