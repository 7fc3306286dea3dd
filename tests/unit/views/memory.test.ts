import { afterEach, describe, expect, it } from "vitest";
import { countWithoutRedis, rememberShown } from "@/lib/views/last-counts";
import { rememberWritten, takeWritten, type Written } from "@/lib/views/redis-backfill";

const written = (postId: string, viewers: number): Written => ({
  written: true,
  postId,
  row: { id: postId, authorSeq: 1, views: 5, version: 2, batch: null },
  viewers: Array.from({ length: viewers }, (_, index) => index + 2),
});

afterEach(() => {
  while (takeWritten().length > 0);
});

describe("what was written without Redis", () => {
  it("is handed over in parts a script can take, in order and once", () => {
    rememberWritten([written("a", 3), written("b", 700), written("c", 1)]);
    const parts: { postId: string; viewers: number }[][] = [];
    for (let part = takeWritten(); part.length > 0; part = takeWritten()) {
      parts.push(part.map(({ postId, viewers }) => ({ postId, viewers: viewers.length })));
    }
    expect(parts).toEqual([
      [{ postId: "a", viewers: 3 }],
      [{ postId: "b", viewers: 500 }],
      [
        { postId: "b", viewers: 200 },
        { postId: "c", viewers: 1 },
      ],
    ]);
  });

  it("is not kept without limit, and there is room again once it is handed over", () => {
    rememberWritten(Array.from({ length: 30 }, (_, index) => written(`post ${index}`, 500)));
    let views = 0;
    for (let part = takeWritten(); part.length > 0; part = takeWritten()) {
      views += part.reduce((sum, { viewers }) => sum + viewers.length, 0);
    }
    expect(views).toBe(10_000);
    rememberWritten([written("later", 1)]);
    expect(takeWritten()).toHaveLength(1);
  });
});

describe("what was shown last", () => {
  it("keeps a count from going back while Redis is away", () => {
    rememberShown("shown", 12);
    expect(countWithoutRedis("shown", 10)).toBe(12);
    expect(countWithoutRedis("shown", 15)).toBe(15);
    expect(countWithoutRedis("never shown", 3)).toBe(3);
  });

  it("follows Redis when it corrects itself", () => {
    rememberShown("corrected", 12);
    rememberShown("corrected", 11);
    expect(countWithoutRedis("corrected", 10)).toBe(11);
  });

  it("forgets the posts that nobody asked for longest", () => {
    rememberShown("kept", 9);
    rememberShown("old", 9);
    for (let index = 0; index < 9_998; index += 1) rememberShown(`other ${index}`, 1);
    rememberShown("kept", 9);
    rememberShown("one more", 1);
    expect(countWithoutRedis("old", 0)).toBe(0);
    expect(countWithoutRedis("kept", 0)).toBe(9);
  });
});
