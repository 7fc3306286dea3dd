import { expect } from "vitest";
import type { Caller } from "@/lib/core/access-token";
import { deferredWork } from "@/lib/core/defer";
import { createPost, getPost, listPosts } from "@/lib/posts";
import { keys, redis } from "@/lib/redis";
import type { FaultMode, FaultProxy } from "@/tests/support/proxies/fault-proxy";

/** Longer than a process believes its memory. */
export const BEHIND_MS = 1_005;

export const newPost = (author: Caller, title: string) =>
  createPost(author, { title, text: "words ".repeat(300), tags: ["house"] });

/** @param move  moves the clock by so many ms */
export async function expectPagesWithoutPostgres(
  postgres: FaultProxy,
  mode: FaultMode,
  author: Caller,
  move: (ms: number) => void,
): Promise<void> {
  const { id } = await newPost(author, "Still here");
  await Promise.all([listPosts(), getPost(id)]);
  await deferredWork();
  await postgres.set(mode);
  // Nobody can say any more whether Redis has missed something; nobody can have changed anything either.
  await redis().del(keys.cacheTold);
  for (const ahead of [0, BEHIND_MS, 400_000]) {
    move(ahead);
    const startedAt = performance.now();
    expect((await getPost(id))?.title).toBe("Still here");
    expect((await listPosts()).items[0]?.title).toBe("Still here");
    expect(performance.now() - startedAt).toBeLessThan(2_500);
  }
}
