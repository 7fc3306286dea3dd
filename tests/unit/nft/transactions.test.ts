import { describe, expect, it } from "vitest";
import { classifyRefusal, outbid } from "@/lib/nft/transactions";

const GWEI = 10n ** 9n;
const fees = (maxFee: bigint, maxPriorityFee = 1n) => ({
  maxFee: maxFee * GWEI,
  maxPriorityFee: maxPriorityFee * GWEI,
});

describe("the fees of a replacement", () => {
  it("are 25 percent higher, and at least what is usual now", () => {
    expect(outbid(fees(1n), [fees(100n, 4n)], 300n * GWEI)).toEqual({
      maxFee: 125n * GWEI + 1n,
      maxPriorityFee: 5n * GWEI + 1n,
    });
    expect(outbid(fees(200n, 9n), [fees(100n, 4n)], 300n * GWEI)).toEqual(fees(200n, 9n));
  });

  it("are the limit where that is 12.5 percent higher, and none below", () => {
    expect(outbid(fees(1n), [fees(100n)], 120n * GWEI)?.maxFee).toBe(120n * GWEI);
    // The tip is never above the whole fee.
    expect(outbid(fees(1n), [fees(100n, 100n)], 120n * GWEI)).toEqual(fees(120n, 120n));
    expect(outbid(fees(1n), [fees(100n)], 112n * GWEI)).toBeNull();
    expect(outbid(fees(1n), [fees(50n), fees(100n)], 112n * GWEI)).toBeNull();
  });
});

it.each([
  ["AlreadyKnown", "taken"],
  ["already known", "taken"],
  ["Known transaction", "taken"],
  ["OldNonce, Current nonce: 3, nonce of rejected tx: 2.", "used"],
  ["nonce too low: next nonce 3, tx nonce 2", "used"],
  ["InsufficientFunds, Balance is 0 less than sending value + gas 1", "funds"],
  ["Upfront cost exceeds account balance (transaction 0x1, account 0x0)", "funds"],
  ["insufficient funds for gas * price + value", "funds"],
  ["FeeTooLow, MaxFeePerGas too low.", "underpriced"],
  ["FeeTooLowToCompete", "underpriced"],
  ["ReplacementNotAllowed", "underpriced"],
  ["Gas price below configured minimum gas price", "underpriced"],
  ["replacement transaction underpriced", "underpriced"],
  ["intrinsic gas too low", "refused"],
  ["internal error", "unknown"],
] as const)("a node's answer %j means %s", (text, outcome) => {
  expect(classifyRefusal(new Error(text))).toBe(outcome);
});
