import { SignJWT } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { POST as signUp } from "@/app/api/auth/sign-up/route";
import { GET as cronSync } from "@/app/api/cron/sync-views/route";
import { GET as me } from "@/app/api/me/route";
import { GET as getPost } from "@/app/api/posts/[id]/route";
import { POST as createPost, GET as listPosts } from "@/app/api/posts/route";
import { POST as syncViews } from "@/app/api/posts/sync-views/route";
import { POST as view } from "@/app/api/posts/view/route";
import { POST as viewsBatch } from "@/app/api/posts/views-batch/route";
import type { Caller } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { getViewSyncState } from "@/lib/views";
import { call } from "@/tests/support/clients/call";
import { createPerson, createTestPost } from "@/tests/support/factories/people";

let listener: Caller;
let postId: string;

beforeAll(async () => {
  listener = await createPerson();
  postId = await createTestPost(await createPerson("artist"));
});

function expectError(answer: Awaited<ReturnType<typeof call>>, status: number, code: string) {
  expect({ status: answer.status, code: answer.body?.error?.code }).toEqual({ status, code });
  expect(answer.body.error.message).toMatch(/\S/);
  expect(answer.body.error.requestId).toBe(answer.headers.get("x-request-id"));
}

describe("a bad request gets 400 with its fields named, and nothing is written", () => {
  it.each([
    ["an empty body", {}, "postId"],
    ["a number", { postId: 5 }, "postId"],
    ["not a UUID", { postId: "1; DROP TABLE" }, "postId"],
    ["an array", [], ""],
  ])("view: %s", async (_, body, path) => {
    const answer = await call(view, { as: listener, body });
    expectError(answer, 400, "bad_request");
    expect(answer.body.error.details).toEqual([{ path, message: expect.any(String) }]);
  });

  it.each([
    ["101 ids", { postIds: Array.from({ length: 101 }, newId) }, "postIds"],
    ["one wrong id among good ones", { postIds: [newId(), "x"] }, "postIds.1"],
    ["no list", { postIds: "x" }, "postIds"],
  ])("views-batch: %s", async (_, body, path) => {
    const answer = await call(viewsBatch, { as: listener, body });
    expectError(answer, 400, "bad_request");
    expect(answer.body.error.details).toEqual([{ path, message: expect.any(String) }]);
    expect(await getViewSyncState()).toMatchObject({ pendingPosts: 0, pendingViews: 0 });
  });

  it.each(["{", "", "nul", '{"postId":'])("malformed JSON %j", async (body) => {
    expectError(await call(view, { as: listener, body }), 400, "bad_request");
  });

  it.each(["?limit=0", "?limit=51", "?limit=x", "?cursor=x"])("feed %s", async (query) => {
    expectError(await call(listPosts, { query }), 400, "bad_request");
  });

  it("rejects a new post without a title, too long, or with six tags", async () => {
    const before = await db().post.count({ where: { authorId: listener.userId } });
    for (const body of [
      { title: " " },
      { title: "\u200b\u202e" },
      { title: "x".repeat(121) },
      { title: "x", text: "x".repeat(5_001) },
      { title: "x", tags: ["1", "2", "3", "4", "5", "6"] },
    ]) {
      expectError(await call(createPost, { as: listener, body }), 400, "bad_request");
    }
    expect(await db().post.count({ where: { authorId: listener.userId } })).toBe(before);
  });

  it.each([
    ["NUL", "a\0b"],
    ["half a surrogate pair", "a\ud800b"],
  ])("rejects text that Postgres cannot store: %s", async (_, text) => {
    const account = { email: `${newId()}@test.invalid`, password: "long enough", name: "x" };
    for (const [handler, body, path] of [
      [createPost, { title: text }, "title"],
      [createPost, { title: "x", text }, "text"],
      [createPost, { title: "x", tags: [text] }, "tags.0"],
      [signUp, { ...account, name: text }, "name"],
      [signUp, { ...account, referralCode: text }, "referralCode"],
    ] as const) {
      const answer = await call(handler, { as: listener, body });
      expectError(answer, 400, "bad_request");
      expect(answer.body.error.details).toEqual([{ path, message: expect.any(String) }]);
    }
    expect(await db().user.count({ where: { email: account.email } })).toBe(0);
  });

  it("responds in the caller's language", async () => {
    const errorIn = async (language: string) =>
      (await call(view, { as: listener, body: {}, headers: { "accept-language": language } })).body.error;
    expect((await errorIn("en")).message).toBe("The request is not valid");
    expect((await errorIn("ru")).message).toBe("Запрос составлен неверно");
    expect((await errorIn("en")).details[0].message).not.toBe((await errorIn("ru")).details[0].message);
  });
});

it("a 10 MB body is 413, also without a content length", async () => {
  expectError(await call(view, { as: listener, body: "x".repeat(10_000_000) }), 413, "payload_too_large");
});

it("an unsupported method is 405 in the standard body, with the allowed ones", async () => {
  const { GET, DELETE, OPTIONS } = await import("@/app/api/posts/view/route");
  for (const reject of [GET, DELETE]) {
    const response = reject(new Request("http://localhost/api/posts/view"));
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("POST, OPTIONS");
    expect(await response.json()).toMatchObject({ error: { code: "method_not_allowed" } });
  }
  expect(OPTIONS(new Request("http://localhost/api/posts/view")).status).toBe(204);
});

it("a content type other than JSON is 415", async () => {
  const headers = { "content-type": "text/plain" };
  expectError(await call(view, { as: listener, body: "{}", headers }), 415, "unsupported_media_type");
});

it("an unknown post is 404 to view and to read", async () => {
  expectError(await call(view, { as: listener, body: { postId: newId() } }), 404, "not_found");
  expectError(await call(getPost, { params: { id: newId() } }), 404, "not_found");
});

describe("tokens", () => {
  it("an anonymous call is 401", async () => {
    for (const handler of [view, viewsBatch, createPost]) {
      expectError(
        await call(handler, { body: { postId, postIds: [postId], title: "x" } }),
        401,
        "unauthenticated",
      );
    }
    expectError(await call(me), 401, "unauthenticated");
  });

  it.each(["garbage", "a.b.c", ""])("%j is 401", async (token) => {
    expectError(await call(view, { token, body: { postId } }), 401, "unauthenticated");
  });

  it("a token signed with another key, or with none, is 401", async () => {
    const claims = { seq: listener.seq, role: "admin", name: "x" };
    const forged = await new SignJWT(claims)
      .setProtectedHeader({ alg: "HS256" })
      .setIssuer("normaldance")
      .setSubject(listener.userId)
      .setExpirationTime("1h")
      .sign(new TextEncoder().encode("another secret of more than 32 characters"));
    const [, payload] = forged.split(".");
    const none = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${payload}.`;
    for (const token of [forged, none]) {
      expectError(await call(syncViews, { token, method: "POST" }), 401, "unauthenticated");
    }
  });

  it("an administrator's route is 403 for a listener and an artist", async () => {
    expectError(await call(syncViews, { as: listener, method: "POST" }), 403, "forbidden");
    expectError(
      await call(syncViews, { as: await createPerson("artist"), method: "POST" }),
      403,
      "forbidden",
    );
  });

  it("a cron call requires its secret, not a user's token", async () => {
    expectError(await call(cronSync), 401, "unauthenticated");
    expectError(await call(cronSync, { token: "wrong" }), 401, "unauthenticated");
    expectError(await call(cronSync, { as: await createPerson("admin") }), 401, "unauthenticated");
    const answer = await call(cronSync, { token: process.env.CRON_SECRET ?? "" });
    expect(answer).toMatchObject({ status: 200, body: { message: "Synchronization completed" } });
  });
});
