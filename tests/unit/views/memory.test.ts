import { afterEach, describe, expect, it } from "vitest";
import { liveViews } from "@/lib/views/view-counter";

const { getFallbackCount, queueBackfill, rememberCount, takeBackfill } = liveViews;

const written = (postId: string, viewers: number) => ({
  written: true as const,
  postId,
  row: { id: postId, authorSeq: 1, views: 5, version: 2, batch: null },
  viewers: Array.from({ length: viewers }, (_, index) => index + 2),
});

const published = (count: number) => ({ count, version: 1, repairAt: null, meta: `1:${count}:1:0:0` });

afterEach(() => {
  while (takeBackfill().length > 0);
});

describe("views written without Redis", () => {
  it("are returned in batches that a script accepts, in order and once", () => {
    queueBackfill([written("a", 3), written("b", 700), written("c", 1)]);
    const parts: { postId: string; viewers: number }[][] = [];
    for (let part = takeBackfill(); part.length > 0; part = takeBackfill()) {
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

  it("are kept up to a limit, with room again after they are taken", () => {
    queueBackfill(Array.from({ length: 30 }, (_, index) => written(`post ${index}`, 500)));
    let views = 0;
    for (let part = takeBackfill(); part.length > 0; part = takeBackfill()) {
      views += part.reduce((sum, { viewers }) => sum + viewers.length, 0);
    }
    expect(views).toBe(10_000);
    queueBackfill([written("later", 1)]);
    expect(takeBackfill()).toHaveLength(1);
  });
});

describe("the last shown count", () => {
  it("keeps a count from decreasing while Redis is down", () => {
    rememberCount("shown", published(12));
    expect(getFallbackCount("shown", 10)).toBe(12);
    expect(getFallbackCount("shown", 15)).toBe(15);
    expect(getFallbackCount("never shown", 3)).toBe(3);
  });

  it("follows Redis when it is corrected", () => {
    rememberCount("corrected", published(12));
    rememberCount("corrected", published(11));
    expect(getFallbackCount("corrected", 10)).toBe(11);
  });

  it("drops the least recently requested posts", () => {
    rememberCount("kept", published(9));
    rememberCount("old", published(9));
    for (let index = 0; index < 9_998; index += 1) rememberCount(`other ${index}`, published(1));
    rememberCount("kept", published(9));
    rememberCount("one more", published(1));
    expect(getFallbackCount("old", 0)).toBe(0);
    expect(getFallbackCount("kept", 0)).toBe(9);
  });
});
