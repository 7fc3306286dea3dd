import { db } from "../db";

/** The uploaded file of a post's sound, for its author; null without sound or post. */
export async function getAudioFileId(postId: string): Promise<string | null> {
  const post = await db().post.findUnique({ where: { id: postId }, select: { audioFileId: true } });
  return post?.audioFileId ?? null;
}
