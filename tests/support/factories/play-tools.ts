import type { Caller } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { getLiveCounts, recordPlay } from "@/lib/views";
import { loadPlayRows, type PlayRow } from "@/lib/views/play-counter";
import { createPeople, createTestPost } from "./people";

/** A post whose sound is ready, as its transcoding leaves it. */
export async function createPlayablePost(author: Caller): Promise<string> {
  const fileId = newId();
  await db().mediaFile.create({
    data: {
      ...{ id: fileId, ownerId: author.userId, name: "A track.wav", type: "audio/wav", bytes: 1 },
      ...{ pathname: `test/${fileId}`, purpose: "audio" },
      track: { create: { status: "ready", durationMs: 30_000 } },
    },
  });
  const post = await createTestPost(author);
  await db().post.update({ where: { id: post }, data: { audioFileId: fileId } });
  return post;
}

/** One post's count of plays in Postgres. */
export async function playRow(postId: string): Promise<PlayRow> {
  const row = (await loadPlayRows([postId])).get(postId);
  if (!row) throw new Error(`there is no post ${postId}`);
  return row;
}

/** The count that a page shows; `row` is what it read from Postgres earlier, by default now. */
export async function displayedPlays(postId: string, row?: PlayRow): Promise<number> {
  const { plays } = await getLiveCounts({ views: [], plays: [row ?? (await playRow(postId))] });
  const count = plays.get(postId);
  if (count === undefined) throw new Error("no count was returned");
  return count;
}

/** The two numbers that must always be equal: `Post.plays`, and the rows of PostPlay. */
export async function persistedPlays(postId: string): Promise<{ plays: number; rows: number }> {
  const post = await db().post.findUniqueOrThrow({
    where: { id: postId },
    select: { plays: true, _count: { select: { postPlays: true } } },
  });
  return { plays: post.plays, rows: post._count.postPlays };
}

/** Records a post's plays by new users. @returns their `seq` */
export async function recordNewListeners(post: string, count: number): Promise<number[]> {
  const listeners = await createPeople(count);
  await Promise.all(listeners.map(({ seq }) => recordPlay(seq, post)));
  return listeners.map(({ seq }) => seq);
}
