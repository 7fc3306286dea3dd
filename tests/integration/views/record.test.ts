import { describe, expect, it } from "vitest";
import { newId } from "@/lib/core/ids";
import { getPost } from "@/lib/posts";
import { getViewSyncState, recordViews, syncViews } from "@/lib/views";
import { createPeople, createPerson, createTestPost, persistedViews } from "@/tests/support/factories/people";
import { currentGateway } from "@/tests/support/stack/current-gateway";

describe("recordViews", () => {
  it("counts a viewer once, and not the author", async () => {
    const author = await createPerson("artist");
    const first = await createPerson();
    const second = await createPerson();
    const post = await createTestPost(author, 40);

    expect(await recordViews(first.seq, [post])).toEqual([
      { postId: post, status: "counted", viewsCount: 41 },
    ]);
    expect(await recordViews(first.seq, [post])).toEqual([
      { postId: post, status: "repeated", viewsCount: 41 },
    ]);
    expect(await recordViews(author.seq, [post])).toEqual([{ postId: post, status: "own", viewsCount: 41 }]);
    expect(await recordViews(second.seq, [post])).toEqual([
      { postId: post, status: "counted", viewsCount: 42 },
    ]);
    expect((await getPost(post))?.viewsCount).toBe(42);
    expect(await persistedViews(post)).toEqual({ views: 40, rows: 0, base: 40 });

    await syncViews({ source: "script" });
    expect(await persistedViews(post)).toEqual({ views: 42, rows: 2, base: 40 });
    expect((await getPost(post))?.viewsCount).toBe(42);
    expect(await getViewSyncState()).toMatchObject({ available: true, pendingPosts: 0, claimedBatches: 0 });
  });

  it("reports unknown posts without failing the others", async () => {
    const post = await createTestPost(await createPerson());
    const viewer = await createPerson();
    const unknownPost = newId();
    expect(await recordViews(viewer.seq, [unknownPost, post, unknownPost])).toEqual([
      { postId: unknownPost, status: "unknown", viewsCount: 0 },
      { postId: post, status: "counted", viewsCount: 1 },
    ]);
  });

  it("costs one HTTP call to Redis for 100 concurrent views", async () => {
    const author = await createPerson();
    const posts = await Promise.all(Array.from({ length: 10 }, () => createTestPost(author)));
    const people = await createPeople(100);
    await recordViews(author.seq, posts); // Loads the posts' metadata into Redis.
    currentGateway().stats.reset();
    await Promise.all(people.map((person, index) => recordViews(person.seq, [posts[index % 10] ?? ""])));
    expect(currentGateway().stats.snapshot().httpRequests).toBe(1);
    for (const post of posts) expect((await getPost(post))?.viewsCount).toBe(10);
  });
});
