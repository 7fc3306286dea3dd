import { expect, it } from "vitest";
import { toTokenId } from "@/lib/nft/token-id";

it("derives a token's id from its task's id, without a collision", () => {
  expect(toTokenId("00000000-0000-7000-8000-00000000000a")).toBe(0x7000_8000_0000_0000_000an);
  expect(toTokenId("ffffffff-ffff-ffff-ffff-ffffffffffff")).toBe(2n ** 128n - 1n);
});
