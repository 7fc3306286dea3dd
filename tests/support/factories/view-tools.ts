import { keys, redis } from "@/lib/redis";
import { getViewCounts, recordViews, syncViews } from "@/lib/views";
import { loadViewRows } from "@/lib/views/load-view-rows";
import type { ViewRow } from "@/lib/views/view-row";
import { createPeople, createPerson, createTestPost } from "./people";

/** What Postgres says of one post's views. */
export async function viewRow(postId: string): Promise<ViewRow> {
  const row = (await loadViewRows([postId])).get(postId);
  if (!row) throw new Error(`there is no post ${postId}`);
  return row;
}

/** The count a page shows that read the post from Postgres just now, or a while ago (`row`). */
export async function displayedCount(postId: string, row?: ViewRow): Promise<number> {
  const count = (await getViewCounts([row ?? (await viewRow(postId))])).get(postId);
  if (count === undefined) throw new Error("no count was answered");
  return count;
}

/** What happens 24 hours later, now. */
export async function expireViewKey(kind: "postMeta" | "postViews", postId: string): Promise<void> {
  await redis().del(keys[kind](postId));
}

/** Lets the lease of every claimed batch run out, as if their syncs had died. */
export async function expireLeases(): Promise<void> {
  const batches = await redis().zrange<string[]>(keys.viewBatches, 0, -1);
  for (const member of batches) await redis().zadd(keys.viewBatches, { score: 0, member });
}

export async function createPosts(count: number): Promise<string[]> {
  const author = await createPerson("artist");
  return Promise.all(Array.from({ length: count }, () => createTestPost(author)));
}

/** New people look at a post. @returns their `seq` */
export async function lookAt(post: string, count: number): Promise<number[]> {
  const people = await createPeople(count);
  await Promise.all(people.map(({ seq }) => recordViews(seq, [post])));
  return people.map(({ seq }) => seq);
}

/** Makes the server know the scripts: the first use of each costs one call more, once. */
export async function knowViewScripts(): Promise<void> {
  const [post = ""] = await createPosts(1);
  await recordViews((await createPerson()).seq, [post]);
  await syncViews({ source: "script" });
}
