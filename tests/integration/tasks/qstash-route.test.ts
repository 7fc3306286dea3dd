import { Client } from "@upstash/qstash";
import { SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { GET as health } from "@/app/api/health/route";
import { POST as receive } from "@/app/api/qstash/[queue]/route";
import { GET as probe } from "@/app/api/test-integration/route";
import { newId } from "@/lib/core/ids";
import { publish } from "@/lib/tasks";
import { recordViews } from "@/lib/views";
import { call } from "@/tests/support/clients/call";
import { createPerson, createTestPost, persistedViews } from "@/tests/support/factories/people";
import { serveApp } from "@/tests/support/processes/app-server";
import type { RouteServer } from "@/tests/support/processes/route-server";

let app: RouteServer;

beforeAll(async () => {
  app = await serveApp(Number(new URL(process.env.APP_URL ?? "").port));
});
afterAll(() => app.close());

const envelope = (queue: string, payload: unknown, version = 1) =>
  JSON.stringify({ queue, version, payload });

/** A signature as QStash creates it. */
async function sign(
  body: string,
  {
    queue = "probe",
    key = process.env.QSTASH_CURRENT_SIGNING_KEY,
    ...claims
  }: Record<string, string | undefined> = {},
) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(body));
  return new SignJWT({ body: Buffer.from(digest).toString("base64url"), ...claims })
    .setProtectedHeader({ alg: "HS256" })
    .setIssuer("Upstash")
    .setSubject(`${process.env.APP_URL}/api/qstash/${queue}`)
    .setIssuedAt()
    .setNotBefore(0)
    .setExpirationTime(claims.exp ?? "5m")
    .sign(new TextEncoder().encode(key));
}

const deliver = (queue: string, body: string, signature?: string) =>
  call(receive, { params: { queue }, body, headers: signature ? { "upstash-signature": signature } : {} });

describe("POST /api/qstash/{queue}", () => {
  it("runs a task that QStash signed with the current or the next key", async () => {
    const body = envelope("probe", { id: newId() });
    expect(await deliver("probe", body, await sign(body))).toMatchObject({
      status: 200,
      body: { outcome: "done" },
    });
    const next = await sign(body, { key: process.env.QSTASH_NEXT_SIGNING_KEY });
    expect((await deliver("probe", body, next)).status).toBe(200);
  });

  it("rejects a missing, wrong, expired signature, and one of another body or another queue's URL", async () => {
    const body = envelope("probe", { id: newId() });
    const signatures = [
      undefined,
      "garbage",
      await sign(body, { key: "sig_other" }),
      await sign(`${body} `),
      await sign(body, { exp: "-1m" }),
      await sign(body, { queue: "views-sync" }),
    ];
    for (const signature of signatures) expect((await deliver("probe", body, signature)).status).toBe(401);
  });

  it("checks the signature before it returns 404 for an unknown queue", async () => {
    const body = envelope("nope", {});
    expect((await deliver("nope", body)).status).toBe(401);
    expect((await deliver("nope", body, await sign(body, { queue: "nope" }))).status).toBe(404);
  });

  it.each([
    ["invalid JSON", "{"],
    ["a body without an envelope", "[]"],
    ["another queue's envelope", envelope("views-sync", {})],
    ["an invalid payload", envelope("probe", { id: 5 })],
    ["a payload of a future version", envelope("probe", { id: newId() }, 99)],
  ])("sends %s to the dead letters", async (_, body) => {
    const response = await deliver("probe", body, await sign(body));
    expect(response.status).toBe(489);
    expect(response.headers.get("upstash-nonretryable-error")).toBe("true");
  });

  it("a message published to views-sync is delivered and syncs the views", async () => {
    const post = await createTestPost(await createPerson());
    await recordViews((await createPerson()).seq, [post]);
    await publish("views-sync", {});
    await vi.waitFor(async () => expect(await persistedViews(post)).toEqual({ views: 1, rows: 1, base: 0 }), {
      timeout: 10_000,
    });
  });

  it("one deduplication id makes one message", async () => {
    const deduplicationId = `test-${newId()}`;
    const first = await publish("probe", { id: newId() }, { deduplicationId });
    expect(await publish("probe", { id: newId() }, { deduplicationId })).toBe(first);
  });

  it("a message that can never be handled is a dead letter after one attempt", async () => {
    const client = new Client({ baseUrl: process.env.QSTASH_URL, token: process.env.QSTASH_TOKEN });
    const { messageId } = await client.publishJSON({
      url: `${process.env.APP_URL}/api/qstash/probe`,
      body: { not: "an envelope" },
    });
    await vi.waitFor(
      async () => {
        const { messages } = await client.dlq.listMessages({ filter: { messageId } });
        expect(messages).toMatchObject([{ messageId, responseStatus: 489 }]);
      },
      { timeout: 10_000 },
    );
  });
});

describe("probes", () => {
  it("the integration probe uses Redis and QStash, and is cached for ten seconds", async () => {
    const [first, second] = await Promise.all([call(probe), call(probe)]);
    expect(first.body).toMatchObject({ status: "ok", redis: { status: "ok" }, qstash: { status: "ok" } });
    expect(second.body).toEqual(first.body);
    expect((await call(probe)).body.at).toBe(first.body.at);
  });

  it("the health check queries all three backends", async () => {
    const response = await call(health);
    expect(response).toMatchObject({
      status: 200,
      body: { status: "ok", database: { status: "ok" }, redis: { status: "ok" }, qstash: { status: "ok" } },
    });
  });
});
