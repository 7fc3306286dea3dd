import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { POST as collect } from "@/app/api/analytics/events/route";
import { POST as signIn } from "@/app/api/auth/sign-in/route";
import { POST as deliver } from "@/app/api/qstash/[queue]/route";
import { POST as receiveEvent } from "@/app/api/webhooks/payments/route";
import type { RouteHandler } from "@/lib/core/http";

const KILOBYTE = 1_024;
const CHUNK_BYTES = 16 * KILOBYTE;
const MAX_CHUNKS = 1_000;

/** A body without a content length that would be 16 MB long. */
function endlessBody(): { body: ReadableStream<Uint8Array>; taken: () => number } {
  let taken = 0;
  const chunk = new TextEncoder().encode(" ".repeat(CHUNK_BYTES));
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      taken += 1;
      controller.enqueue(chunk);
      if (taken === MAX_CHUNKS) controller.close();
    },
  });
  return { body, taken: () => taken };
}

async function send(handler: RouteHandler, body: BodyInit, headers: Record<string, string> = {}) {
  const request = new Request("http://localhost/api/test", {
    method: "POST",
    body,
    headers: { "content-type": "application/json", ...headers },
    duplex: "half",
  } as RequestInit);
  const response = await handler(request, { params: Promise.resolve({ queue: "emails" }) });
  return { status: response.status, code: (await response.json()).error?.code };
}

describe("a body", () => {
  it.each([
    ["JSON", signIn, 64],
    ["JSON of a route with a larger limit", collect, 256],
    ["a signed event", receiveEvent, 512],
    ["a delivery of QStash", deliver, 1_024],
  ])("%s is read up to its limit when it has no content length", async (_, handler, kilobytes) => {
    const { body, taken } = endlessBody();
    expect(await send(handler, body)).toEqual({ status: 413, code: "payload_too_large" });
    // One chunk over the limit, and those that a stream prefetches.
    expect(taken() * CHUNK_BYTES).toBeLessThanOrEqual(kilobytes * KILOBYTE + 4 * CHUNK_BYTES);
  });

  it("with too large a content length is not read at all", async () => {
    const { body, taken } = endlessBody();
    expect(await send(signIn, body, { "content-length": "70000" })).toMatchObject({ status: 413 });
    expect(taken()).toBeLessThanOrEqual(1);
  });

  it("with a false content length is measured all the same", async () => {
    for (const announced of ["10", "-1", "1e3", "x"]) {
      const { status } = await send(signIn, endlessBody().body, { "content-length": announced });
      expect([announced, status]).toEqual([announced, 413]);
    }
  });

  it.each([
    ["deep lists", `${"[".repeat(30_000)}${"]".repeat(30_000)}`],
    ["deep objects", `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`],
    ["lists that do not end", "[".repeat(60_000)],
    ["a deep field", `{"email":${"[".repeat(20_000)}${"]".repeat(20_000)},"password":"x"}`],
    ["a long number", "9".repeat(60_000)],
    ["many fields", `{${Array.from({ length: 5_000 }, (_, i) => `"${i}":1`).join(",")}}`],
    ["a prototype", '{"__proto__":{"email":"a@b.test","password":"x"},"constructor":{"prototype":{}}}'],
  ])("of %s is a bad request", async (_, body) => {
    expect(await send(signIn, body)).toEqual({ status: 400, code: "bad_request" });
    expect(await send(collect, body)).toEqual({ status: 400, code: "bad_request" });
  });

  it.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])(
    "of a form (%s), which any site can send, is not accepted as JSON",
    async (type) => {
      expect(await send(signIn, '{"email":"a@b.test","password":"x"}', { "content-type": type })).toEqual({
        status: 415,
        code: "unsupported_media_type",
      });
    },
  );

  it("is read only through the limits of lib/core/http/body.ts", () => {
    const files = ["app", "lib"].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((file) => /\.tsx?$/.test(file))
        .map((file) => path.join(folder, file)),
    );
    const readers = files.filter((file) =>
      /\b(?:request|req)\.(?:json|text|formData|arrayBuffer|blob|bytes|body)\b/.test(
        readFileSync(file, "utf8"),
      ),
    );
    const names = readers.map((file) => file.replaceAll(path.sep, "/")).sort();
    // The second reads the request that the Redis client is about to send.
    expect(names).toEqual(["lib/core/http/body.ts", "lib/redis/guarded-redis.ts"]);
  });
});
