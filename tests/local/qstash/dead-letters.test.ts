import { describe, expect, it } from "vitest";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { ManualClock } from "@/tests/support/servers/manual-clock";
import { type Harness, start } from "@/tests/support/servers/qstash";

async function withLetters(count: number, options: Parameters<typeof start>[0] = {}): Promise<Harness> {
  const harness = await start(options);
  const { client, receiver, qstash } = harness;
  receiver.onRequest = () => ({ status: 500, headers: { "x-why": "because" }, body: "broken" });
  for (let index = 1; index <= count; index++) {
    await client.publish({
      url: `${receiver.url}/${index}`,
      body: `body ${index}`,
      headers: { "x-h": String(index) },
      retries: 0,
      label: [`label-${index}`, "all"],
    });
    await waitUntil("the dead letter", () => qstash.stats().deadLettered === index);
  }
  return harness;
}

describe("dead letters", () => {
  it("show the message and the response", async () => {
    const { client, api, receiver } = await withLetters(1);
    const [letter] = (await client.dlq.listMessages()).messages;
    expect(letter).toMatchObject({
      dlqId: expect.stringMatching(/^\d+-\d+$/),
      messageId: expect.stringMatching(/^msg_/),
      url: `${receiver.url}/1`,
      method: "POST",
      body: "body 1",
      header: { "X-H": ["1"] },
      maxRetries: 0,
      label: "label-1",
      labels: ["label-1", "all"],
      responseStatus: 500,
      responseBody: "broken",
      responseHeader: { "X-Why": ["because"] },
      callerIP: "127.0.0.1",
    });
    const single = await api(`/v2/dlq/${letter?.dlqId}`);
    expect(await single.json()).toEqual(JSON.parse(JSON.stringify({ ...letter, urlGroup: undefined })));
    expect((await api("/v2/dlq/1-1")).status).toBe(404);
  });

  it("are listed newest first in pages, matching any value of a filter and all filters", async () => {
    const { client, api, receiver } = await withLetters(5);
    const paths = async (query: string) => {
      const page = (await (await api(`/v2/dlq?${query}`)).json()) as {
        messages: { url: string }[];
        cursor?: string;
      };
      return { paths: page.messages.map(({ url }) => new URL(url).pathname), cursor: page.cursor };
    };
    expect((await paths("")).paths).toEqual(["/5", "/4", "/3", "/2", "/1"]);
    expect((await paths("label=label-1,label-2")).paths).toEqual(["/2", "/1"]);
    expect((await paths("label=label-1&label=label-4")).paths).toEqual(["/4", "/1"]);
    expect((await paths(`label=label-1&url=${receiver.url}/2`)).paths).toEqual([]);
    expect((await paths("responseStatus=404&responseStatus=500")).paths).toHaveLength(5);
    expect((await paths("responseStatus=404")).paths).toEqual([]);
    expect((await paths(`fromDate=${Date.now() + 60_000}`)).paths).toEqual([]);
    expect((await paths(`toDate=${Date.now()}`)).paths).toHaveLength(5);
    const first = await paths("count=2");
    expect(first.paths).toEqual(["/5", "/4"]);
    const second = await paths(`count=2&cursor=${first.cursor}`);
    expect(second.paths).toEqual(["/3", "/2"]);
    expect(await paths(`count=2&cursor=${second.cursor}`)).toEqual({ paths: ["/1"], cursor: undefined });
    const [letter] = (await client.dlq.listMessages({ filter: { label: "label-3" } })).messages;
    expect((await client.dlq.listMessages({ dlqIds: [letter?.dlqId ?? ""] })).messages).toHaveLength(1);
  });

  it("are not deleted by a request with a misspelt filter", async () => {
    const { api, qstash } = await withLetters(2);
    const response = await api("/v2/dlq?lable=label-1", { method: "DELETE" });
    expect(response.status).toBe(400);
    expect(qstash.stats().deadLetters).toBe(2);
  });

  it("are deleted by id, by filter, or all", async () => {
    const { client, qstash } = await withLetters(4);
    const [newest] = (await client.dlq.listMessages()).messages;
    await client.dlq.delete(newest?.dlqId ?? "");
    await expect(client.dlq.delete(newest?.dlqId ?? "")).rejects.toThrow("not found");
    expect(await client.dlq.delete({ filter: { label: "label-2" } })).toMatchObject({ deleted: 1 });
    expect(await client.dlq.delete({ all: true, count: 1 })).toMatchObject({ deleted: 1 });
    expect(qstash.stats().deadLetters).toBe(1);
  });

  it("are retried as new messages with the overrides of the request", async () => {
    const { client, api, receiver, qstash } = await withLetters(2);
    receiver.onRequest = () => undefined;
    const [second, first] = (await client.dlq.listMessages()).messages;
    const { responses } = await client.dlq.retry(first?.dlqId ?? "");
    const [, , again] = await receiver.waitFor(3);
    expect(again).toMatchObject({ path: "/1", text: "body 1" });
    expect(again?.headers).toMatchObject({
      "x-h": "1",
      "upstash-message-id": responses[0]?.messageId,
      "upstash-retried": "0",
    });
    expect(responses[0]?.messageId).not.toBe(first?.messageId);
    const overridden = await api(`/v2/dlq/retry/${second?.dlqId}`, {
      method: "POST",
      headers: { "Upstash-Method": "PUT", "Upstash-Delay": "1h" },
    });
    expect(overridden.status).toBe(201);
    const { messageId } = (await overridden.json()) as { messageId: string };
    const message = await client.messages.get(messageId);
    expect(message).toMatchObject({ method: "PUT", body: "body 2", header: { "X-H": ["2"] }, maxRetries: 0 });
    expect(message.notBefore).toBeGreaterThan(Date.now() + 3_500_000);
    expect(qstash.stats().deadLetters).toBe(0);
  });

  it("are bounded by age and number", async () => {
    const clock = new ManualClock();
    const { client, qstash } = await withLetters(3, { clock, limits: { maxDeadLetters: 2 } });
    expect(qstash.stats().deadLetters).toBe(2);
    clock.advance(8 * 86_400_000);
    expect(await client.dlq.listMessages()).toMatchObject({ messages: [] });
  });
});
