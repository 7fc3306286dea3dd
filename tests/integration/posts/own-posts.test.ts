import { describe, expect, it } from "vitest";
import { DELETE, GET, PATCH } from "@/app/api/posts/[id]/route";
import { POST as publish, GET as readFeed } from "@/app/api/posts/route";
import { POST as view } from "@/app/api/posts/view/route";
import { now } from "@/lib/core/clock";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { listUnlistedPosts, tidyPosts } from "@/lib/posts";
import { getViewSyncState, syncViews } from "@/lib/views";
import { call } from "@/tests/support/clients/call";
import { createPerson, createTestPost } from "@/tests/support/factories/people";
import { createPlayablePost } from "@/tests/support/factories/play-tools";
import { gradient, uploadAndProcess } from "@/tests/support/factories/uploads";

/** What authors do to their own posts after publishing. */

const edit = (as: Awaited<ReturnType<typeof createPerson>>, id: string, body: unknown) =>
  call(PATCH, { as, params: { id }, body });
const read = (id: string) => call(GET, { params: { id } });
const remove = (as: Awaited<ReturnType<typeof createPerson>>, id: string) =>
  call(DELETE, { method: "DELETE", as, params: { id } });
const feedIds = async (query = "") =>
  (await call(readFeed, { query })).body.items.map(({ id }: { id: string }) => id);

describe("PATCH /api/posts/{id}", () => {
  it("changes what is sent and leaves the rest, at once for all readers", async () => {
    const author = await createPerson("artist");
    const body = { title: "Old", text: "Words", tags: ["house"] };
    const { id } = (await call(publish, { as: author, body })).body.post;
    expect((await read(id)).body.post).toMatchObject({ ...body, visibility: "public" });

    const { status, body: answer } = await edit(author, id, { title: "New", tags: ["Vinyl", "vinyl"] });
    expect(status).toBe(200);
    expect(answer.post).toMatchObject({ title: "New", text: "Words", tags: ["vinyl"] });
    expect((await read(id)).body.post).toMatchObject({ title: "New", text: "Words", tags: ["vinyl"] });
    const inFeed = (await call(readFeed)).body.items.find((post: { id: string }) => post.id === id);
    expect(inFeed.title).toBe("New");
  });

  it("takes an uploaded cover, and takes it off again", async () => {
    const author = await createPerson("artist");
    const id = await createTestPost(author);
    const cover = await uploadAndProcess(author, "cover", await gradient(64, 64).png().toBuffer());
    expect((await edit(author, id, { coverFileId: cover })).body.post.cover).not.toBeNull();
    // A file of another person, and one that does not exist.
    const stranger = await createPerson("artist");
    const theirs = await uploadAndProcess(stranger, "cover", await gradient(64, 64).png().toBuffer());
    for (const coverFileId of [theirs, newId()]) {
      const refused = await edit(author, id, { title: "Half", coverFileId });
      expect([refused.status, refused.body.error.details[0].path]).toEqual([404, "coverFileId"]);
    }
    expect((await read(id)).body.post).toMatchObject({ title: "A track", cover: expect.anything() });
    expect((await edit(author, id, { coverFileId: null })).body.post.cover).toBeNull();
  });

  it("exchanges no sound that plays", async () => {
    const author = await createPerson("artist");
    const id = await createPlayablePost(author);
    expect((await edit(author, id, { title: "Half", audioFileId: newId() })).status).toBe(409);
    expect((await read(id)).body.post.title).toBe("A track");
  });

  it("refuses other people, unknown posts, and a body that changes nothing or is not valid", async () => {
    const author = await createPerson("artist");
    const id = await createTestPost(author);
    expect((await edit(await createPerson("admin"), id, { title: "Mine" })).status).toBe(403);
    expect((await edit(author, newId(), { title: "Mine" })).status).toBe(404);
    for (const body of [{}, { title: "" }, { title: null }, { views: 9 }, { visibility: "secret" }])
      expect([body, (await edit(author, id, body)).status]).toEqual([body, 400]);
    expect((await read(id)).body.post).toMatchObject({ title: "A track", viewsCount: 0 });
  });
});

describe("an unlisted post", () => {
  it("is in no list but its author's, and is read by its address", async () => {
    const author = await createPerson("artist");
    const id = await createTestPost(author);
    expect(await feedIds()).toContain(id);
    await edit(author, id, { visibility: "unlisted" });
    expect(await feedIds()).not.toContain(id);
    expect(await feedIds(`?authorId=${author.userId}`)).toEqual([]);
    expect((await read(id)).body.post).toMatchObject({ id, visibility: "unlisted" });
    expect((await listUnlistedPosts(author)).map((post) => post.id)).toEqual([id]);
    expect(await listUnlistedPosts(await createPerson())).toEqual([]);
    await edit(author, id, { visibility: "public" });
    expect(await feedIds(`?authorId=${author.userId}`)).toEqual([id]);
  });
});

describe("DELETE /api/posts/{id}", () => {
  it("hides the post at once, takes its waiting views along, and the tidy removes its rows", async () => {
    const [author, viewer, late] = [await createPerson("artist"), await createPerson(), await createPerson()];
    const id = await createPlayablePost(author);
    const watch = (as: typeof viewer) => call(view, { as, body: { postId: id } });
    await watch(viewer);
    await syncViews({ source: "script" });
    await watch(late);
    expect((await read(id)).body.post.viewsCount).toBe(2);

    expect((await remove(viewer, id)).status).toBe(403);
    expect((await remove(author, id)).body).toEqual({ deleted: true });
    expect((await read(id)).status).toBe(404);
    expect(await feedIds()).not.toContain(id);
    expect((await edit(author, id, { title: "Back" })).status).toBe(404);
    expect((await remove(author, id)).status).toBe(404);
    expect((await watch(await createPerson())).status).toBe(404);
    await syncViews({ source: "script" });
    expect(await getViewSyncState()).toMatchObject({ pendingPosts: 0 });
    expect(await db().postView.count({ where: { postId: id } })).toBe(1);

    expect(await tidyPosts(now() + 10_000)).toBeGreaterThan(0);
    expect(await db().post.findUnique({ where: { id } })).toBeNull();
    expect(await db().postView.count({ where: { postId: id } })).toBe(0);
    expect(await tidyPosts(now() + 10_000)).toBe(0);
  });

  it("frees the sound for another post", async () => {
    const author = await createPerson("artist");
    const id = await createPlayablePost(author);
    const { audioFileId } = await db().post.findUniqueOrThrow({
      where: { id },
      select: { audioFileId: true },
    });
    const again = () => call(publish, { as: author, body: { title: "Again", audioFileId } });
    expect((await again()).status).toBe(409);
    await remove(author, id);
    expect((await again()).status).toBe(201);
  });

  it("refuses a post with a token, which can be unlisted", async () => {
    const author = await createPerson("artist");
    const id = await createTestPost(author);
    const mint = { postId: id, userId: author.userId, ownerAddress: `0x${"1".repeat(40)}`, chainId: 31337 };
    await db().mint.create({
      data: { id: newId(), ...mint, contract: `0x${"2".repeat(40)}`, state: "pending" },
    });
    const refused = await remove(author, id);
    expect([refused.status, refused.body.error.code]).toEqual([409, "conflict"]);
    expect((await edit(author, id, { visibility: "unlisted" })).status).toBe(200);
    await db().mint.updateMany({ where: { postId: id }, data: { state: "failed" } });
    expect((await remove(author, id)).status).toBe(200);
  });
});
