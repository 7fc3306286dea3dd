import { beforeEach, describe, expect, it } from "vitest";
import { POST as close } from "@/app/api/admin/reports/[id]/close/route";
import { GET as list } from "@/app/api/admin/reports/route";
import { POST as report } from "@/app/api/reports/route";
import { deleteMessage } from "@/lib/chat";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { call } from "@/tests/support/clients/call";
import {
  createTestUsers,
  makeChat,
  makePost,
  makeProduct,
  type TestUsers,
} from "@/tests/support/factories/test-users";

let users: TestUsers;

beforeEach(async () => {
  users = await createTestUsers();
});

const send = (as: TestUsers["listener"], target: string, targetId: string, more: object = {}) =>
  call(report, { as, body: { target, targetId, reason: "abuse", ...more } });
const listed = async (query = "") => (await call(list, { as: users.admin, query })).body.items;

describe("a report", () => {
  it("is one while it is open, also when it is sent concurrently, and another one afterwards", async () => {
    const postId = await makePost(users);
    const responses = await Promise.all(
      Array.from({ length: 4 }, () => send(users.listener, "post", postId)),
    );
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 200, 200, 201]);
    const ids = new Set(responses.map(({ body }) => body.report.id));
    expect(ids.size).toBe(1);
    expect((await send(users.other, "post", postId)).status).toBe(201);

    const [id = ""] = ids;
    const closing = { outcome: "dismissed", reason: "A joke" };
    const closed = await call(close, { as: users.admin, params: { id }, body: closing });
    expect(closed.body.report).toMatchObject({ state: "dismissed", closedFor: "A joke" });
    // A closed report stays as it is, and there is one entry about it.
    await call(close, { as: users.admin, params: { id }, body: { outcome: "resolved", reason: "Again" } });
    expect(
      await db().auditEntry.findMany({
        where: { subject: `report:${id}` },
        select: { action: true, actorId: true, data: true },
      }),
    ).toEqual([{ action: "report_dismissed", actorId: users.admin.userId, data: { reason: "A joke" } }]);
    const another = await send(users.listener, "post", postId);
    expect([another.status, another.body.report.id === id]).toEqual([201, false]);
  });

  it("shows operators what it is about as that was, and as it is now", async () => {
    const { messageId, id: chatId } = await makeChat(users);
    const postId = await makePost(users);
    const productId = await makeProduct(users);
    for (const [target, targetId, as] of [
      ["message", messageId, users.artist],
      ["post", postId, users.other],
      ["product", productId, users.other],
      ["person", users.artist.userId, users.other],
    ] as const)
      expect((await send(as, target, targetId, { text: "Look" })).status, target).toBe(201);
    const contentOf = async (targetId: string) =>
      (await listed("?limit=50")).find((item: { targetId: string }) => item.targetId === targetId)?.content;
    expect(await contentOf(postId)).toMatchObject({ title: "A track", path: `/posts/${postId}` });
    expect(await contentOf(productId)).toMatchObject({ title: "A track", path: `/shop/${productId}` });
    expect(await contentOf(users.artist.userId)).toMatchObject({ title: users.artist.name });
    expect(await contentOf(messageId)).toMatchObject({
      ...{ title: null, text: "Hello", path: null },
      author: { id: users.listener.userId, name: users.listener.name },
    });
    await db().post.update({ where: { id: postId }, data: { title: "Harmless" }, select: { id: true } });
    await deleteMessage(users.listener, chatId, messageId);
    expect(await contentOf(messageId)).toBeNull();
    const reportedOf = async (targetId: string) =>
      (await listed("?limit=50")).find((item: { targetId: string }) => item.targetId === targetId)?.reported;
    expect(await reportedOf(messageId)).toEqual({
      ...{ title: null, text: "Hello" },
      author: expect.objectContaining({ id: users.listener.userId, name: users.listener.name }),
    });
    expect([(await reportedOf(postId)).title, (await contentOf(postId)).title]).toEqual([
      "A track",
      "Harmless",
    ]);
  });

  it("is refused about what the caller does not see, or is their own", async () => {
    const { messageId } = await makeChat(users);
    expect((await send(users.other, "message", messageId)).status).toBe(404);
    expect((await send(users.listener, "message", messageId)).status).toBe(400);
    expect((await send(users.listener, "person", users.listener.userId)).status).toBe(400);
    expect((await send(users.artist, "post", await makePost(users))).status).toBe(400);
    expect((await send(users.listener, "post", newId())).status).toBe(404);
    const postId = await makePost(users);
    await db().post.update({ where: { id: postId }, data: { deletedAt: new Date() }, select: { id: true } });
    expect((await send(users.listener, "post", postId)).status).toBe(404);
  });

  it("needs words for another reason, of at most 1,000 characters", async () => {
    const postId = await makePost(users);
    const sendText = (text: string) => send(users.listener, "post", postId, { reason: "other", text });
    expect((await sendText(" ")).status).toBe(400);
    expect((await sendText("a".repeat(1_001))).status).toBe(400);
    expect((await sendText("a".repeat(1_000))).status).toBe(201);
  });
});

it("the list is paged by state, newest first", async () => {
  const posts = [await makePost(users), await makePost(users), await makePost(users)];
  for (const id of posts) await send(users.listener, "post", id);
  const first = (await call(list, { as: users.admin, query: "?limit=2" })).body;
  expect(first.items.map(({ targetId }: { targetId: string }) => targetId)).toEqual([posts[2], posts[1]]);
  const next = (await call(list, { as: users.admin, query: `?limit=1&cursor=${first.nextCursor}` })).body;
  expect(next.items[0].targetId).toBe(posts[0]);
  const id: string = first.items[0].id;
  await call(close, { as: users.admin, params: { id }, body: { outcome: "resolved", reason: "Blocked" } });
  expect((await listed("?limit=1&state=resolved"))[0].id).toBe(id);
  expect((await listed("?limit=1"))[0].id).not.toBe(id);
});
