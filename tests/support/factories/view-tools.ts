import { keys, redis } from "@/lib/redis";
import { getViewCounts, recordViews, syncViews } from "@/lib/views";
import { loadViewRows, type ViewRow } from "@/lib/views/view-counter";
import { createPeople, createPerson, createTestPost } from "./people";

/** One post's view counts in Postgres. */
export async function viewRow(postId: string): Promise<ViewRow> {
  const row = (await loadViewRows([postId])).get(postId);
  if (!row) throw new Error(`there is no post ${postId}`);
  return row;
}

/** The count that a page shows; `row` is what it read from Postgres earlier, by default now. */
export async function displayedCount(postId: string, row?: ViewRow): Promise<number> {
  const count = (await getViewCounts([row ?? (await viewRow(postId))])).get(postId);
  if (count === undefined) throw new Error("no count was returned");
  return count;
}

/** Simulates the end of the key's TTL of 24 hours. */
export async function expireViewKey(kind: "postMeta" | "postViews", postId: string): Promise<void> {
  await redis().del(keys[kind](postId));
}

/** Counts views as waiting that a test writes to Redis directly. */
export async function addWaitingViews(postId: string, size: number): Promise<void> {
  const [author, persisted, version, waiting, markedAt] = String(
    await redis().get(keys.postMeta(postId)),
  ).split(":");
  const meta = [author, persisted, version, Number(waiting) + size, markedAt].join(":");
  await redis().set(keys.postMeta(postId), meta, { keepTtl: true });
}

/** Ends the lease of every claimed batch, as if its sync had died. */
export async function expireLeases(): Promise<void> {
  const batches = await redis().zrange<string[]>(keys.viewBatches, 0, -1);
  for (const member of batches) await redis().zadd(keys.viewBatches, { score: 0, member });
}

export async function createPosts(count: number): Promise<string[]> {
  const author = await createPerson("artist");
  return Promise.all(Array.from({ length: count }, () => createTestPost(author)));
}

/** Records a post's views by new users. @returns their `seq` */
export async function recordNewViewers(post: string, count: number): Promise<number[]> {
  const viewers = await createPeople(count);
  await Promise.all(viewers.map(({ seq }) => recordViews(seq, [post])));
  return viewers.map(({ seq }) => seq);
}

/** Loads the Lua scripts into Redis: the first use of each costs one more call. */
export async function loadViewScripts(): Promise<void> {
  const [post = ""] = await createPosts(1);
  await recordViews((await createPerson()).seq, [post]);
  await syncViews({ source: "script" });
}
