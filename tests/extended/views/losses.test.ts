import { describe, it } from "vitest";
import { keys } from "@/lib/redis";
import { expectCountsAfterKeyLoss } from "@/tests/support/factories/lost-views";

describe("a Redis", () => {
  it.each([
    ["the list of batches", () => [keys.viewBatches], 5],
    ["the claims", () => [keys.viewClaims], 5],
    // Its two views are lost with it, but not the post.
    ["a batch", (id: string) => [keys.viewBatch(id)], 3],
    ["all of a batch but its claims", (id: string) => [keys.viewBatch(id), keys.viewBatches], 3],
  ] as const)("that lost only %s keeps counting", async (_, lost, kept) => {
    await expectCountsAfterKeyLoss(lost, kept);
  });
});
