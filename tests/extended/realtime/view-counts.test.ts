import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { POST as view } from "@/app/api/posts/view/route";
import { newId } from "@/lib/core/ids";
import { channelKinds } from "@/lib/schemas/channels";
import { recordPlay, recordViews } from "@/lib/views";
import { call } from "@/tests/support/clients/call";
import { readChannelLog } from "@/tests/support/clients/channel-log";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createPeople, createPerson, createTestPost } from "@/tests/support/factories/people";

describe("view counts", () => {
  const { counts: schema } = channelKinds.views.events;
  const counts = async () => (await readChannelLog("views")).map(({ data }) => schema.parse(data).counts);

  it("that change are published together, at most once a second; others are not", async () => {
    const author = await createPerson("artist");
    const posts = [await createTestPost(author), await createTestPost(author)];
    const viewers = await createPeople(6);
    // An earlier test's publish must not delay this one.
    await delay(1_000);
    expect(await counts()).toEqual([]);
    const at = Date.now();
    await Promise.all(viewers.slice(0, 3).map(({ seq }) => recordViews(seq, posts)));
    await waitUntil("the counts are published", async () => (await counts()).length === 1);
    expect((await counts())[0]?.sort((a, b) => a.postId.localeCompare(b.postId))).toEqual(
      [...posts].sort().map((postId) => ({ postId, viewsCount: 3 })),
    );
    for (const { seq } of viewers.slice(3)) await recordViews(seq, posts.slice(0, 1));
    await waitUntil("the next counts are published", async () => (await counts()).length === 2);
    expect(Date.now() - at).toBeGreaterThanOrEqual(1_000);
    expect((await counts())[1]).toEqual([{ postId: posts[0], viewsCount: 6 }]);

    await recordViews(author.seq, posts);
    for (const { seq } of viewers.slice(0, 3)) await recordViews(seq, posts);
    await call(view, { as: await createPerson(), body: { postId: newId() } });
    expect(await counts()).toHaveLength(2);
  });

  it("have plays beside them, without the count that did not change", async () => {
    const post = await createTestPost(await createPerson("artist"));
    const listener = await createPerson();
    const before = (await counts()).length;
    await recordPlay(listener.seq, post);
    await waitUntil("the count is published", async () => (await counts()).length > before);
    expect((await counts())[before]).toEqual([{ postId: post, playsCount: 1 }]);
  });
});
