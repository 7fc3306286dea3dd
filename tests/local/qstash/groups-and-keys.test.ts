import { Receiver } from "@upstash/qstash";
import { describe, expect, it } from "vitest";
import { start } from "@/tests/support/servers/qstash";

describe("URL groups", () => {
  it("add, replace and remove endpoints by name or URL, and are deleted with the last one", async () => {
    const { client, receiver, api } = await start();
    const url = (path: string) => receiver.url + path;
    await client.urlGroups.addEndpoints({
      name: "g",
      endpoints: [{ name: "one", url: url("/1") }, { url: url("/2") }],
    });
    await client.urlGroups.addEndpoints({
      name: "g",
      endpoints: [{ name: "one", url: url("/1b") }, { url: url("/3") }],
    });
    expect((await client.urlGroups.get("g")).endpoints).toEqual([
      { name: "one", url: url("/1b") },
      { url: url("/2") },
      { url: url("/3") },
    ]);
    await client.urlGroups.removeEndpoints({ name: "g", endpoints: [{ name: "one" }, { url: url("/2") }] });
    expect((await client.urlGroups.list()).map(({ endpoints }) => endpoints)).toEqual([[{ url: url("/3") }]]);
    await client.urlGroups.removeEndpoints({ name: "g", endpoints: [{ url: url("/3") }] });
    expect(await client.urlGroups.list()).toEqual([]);
    expect((await api("/v2/topics/g")).status).toBe(404);
    for (const body of [
      "{}",
      '{"endpoints":[]}',
      '{"endpoints":[{"name":"x"}]}',
      '{"endpoints":[{"url":"ftp://x"}]}',
    ]) {
      expect((await api("/v2/topics/g/endpoints", { method: "POST", body })).status).toBe(400);
    }
  });

  it("get one message per endpoint for a publish, deduplicated as one", async () => {
    const { client, receiver } = await start();
    await client.urlGroups.addEndpoints({
      name: "g",
      endpoints: [{ name: "one", url: `${receiver.url}/1` }, { url: `${receiver.url}/2` }],
    });
    const publish = () => client.publish({ urlGroup: "g", body: "x", deduplicationId: "d" });
    const answers = await publish();
    expect(answers.map(({ url }) => url)).toEqual([`${receiver.url}/1`, `${receiver.url}/2`]);
    expect(await publish()).toEqual(answers.map((answer) => ({ ...answer, deduplicated: true })));
    const got = await receiver.waitFor(2);
    expect(new Set(got.map(({ headers }) => headers["upstash-message-id"])).size).toBe(2);
    for (const { headers } of got) expect(headers["upstash-topic-name"]).toBe("g");
    expect(await client.messages.get(answers[0]?.messageId ?? "")).toMatchObject({
      topicName: "g",
      endpointName: "one",
    });
  });
});

describe("signing keys", () => {
  it("after a rotation the next key signs, and a receiver with both keys still accepts", async () => {
    const signingKeys = { current: "sig_a", next: "sig_b" };
    const { client, receiver, qstash, api } = await start({ signingKeys });
    expect(await (await api("/v2/keys")).json()).toEqual(signingKeys);
    const rotated = (await (await api("/v2/keys/rotate", { method: "POST" })).json()) as typeof signingKeys;
    expect(rotated).toEqual({ current: "sig_b", next: expect.stringMatching(/^sig_/) });
    expect(rotated.next).not.toBe("sig_b");
    expect(qstash.keys).toEqual(rotated);
    await client.publish({ url: receiver.url, body: "x" });
    const [got] = await receiver.waitFor(1);
    const signature = String(got?.headers["upstash-signature"]);
    const old = new Receiver({ currentSigningKey: "sig_a", nextSigningKey: "sig_b", devMode: false });
    await expect(old.verify({ signature, body: "x" })).resolves.toBe(true);
    const older = new Receiver({ currentSigningKey: "sig_a", nextSigningKey: "sig_z", devMode: false });
    await expect(older.verify({ signature, body: "x" })).rejects.toThrow("signature");
  });
});

describe("the API", () => {
  it("answers 404 and 405 with an error, and 401 without the token", async () => {
    const { qstash, api } = await start();
    expect((await api("/v2/nothing")).status).toBe(404);
    const wrong = await api("/v2/keys", { method: "DELETE" });
    expect(wrong.status).toBe(405);
    expect(await wrong.json()).toEqual({ error: "method DELETE is not allowed here" });
    for (const path of ["/v2/keys", "/v2/dlq", "/v2/logs", "/v2/messages/x", "/v2/nothing"]) {
      expect((await fetch(qstash.url + path)).status).toBe(401);
    }
  });
});
