import { afterAll, expect, it } from "vitest";
import { getPost } from "@/lib/posts";
import { recordViews, syncViews } from "@/lib/views";
import { createPeople } from "@/tests/support/factories/people";
import { createPosts, loadViewScripts } from "@/tests/support/factories/view-tools";
import { startViewCosts } from "@/tests/support/proxies/view-costs";

const { cost, stop } = await startViewCosts();
afterAll(stop);

it("a sync of 10,000 views is one SQL statement", async () => {
  await loadViewScripts();
  const posts = await createPosts(20);
  const people = await createPeople(500);
  for (const { seq } of people) await recordViews(seq, posts);

  const sync = await cost(() => syncViews({ source: "script" }));
  expect(sync.result).toMatchObject({ syncedPosts: 20, syncedViews: 10_000, droppedViews: 0 });
  expect(sync.statements).toBe(1);
  // Find, claim a thousand and then the rest, finish, find nothing, record the run.
  expect(sync.httpCalls).toBe(6);
  expect((await getPost(posts[0] ?? ""))?.viewsCount).toBe(500);
});
