import { toFunctionSignature } from "viem";
import { expect, it } from "vitest";
import { readArtifact } from "@/contracts/artifact";
import { abi } from "@/lib/nft/abi";
import { toTokenId } from "@/lib/nft/token-id";
import { compileContract } from "@/scripts/compile-contracts";

const signature = (item: { type: string; name?: string; inputs?: readonly { type: string }[] }) =>
  `${item.type} ${item.name ?? ""}(${(item.inputs ?? []).map(({ type }) => type).join(",")})`;

it("commits the artifact that the source compiles to, with what the app calls", () => {
  const compiled = compileContract();
  expect(readArtifact()).toEqual(compiled);
  const known = new Set(compiled.abi.map((item) => signature(item as Parameters<typeof signature>[0])));
  for (const item of abi) expect(known, signature(item)).toContain(signature(item));
  // The contract's size is bounded by the networks (EIP-170).
  expect((compiled.deployedBytecode.length - 2) / 2).toBeLessThan(24_576);
  expect(toFunctionSignature(abi[0])).toBe("mint(address,uint256,string,address,uint96)");
});

it("derives a token's id from its task's id, without a collision", () => {
  expect(toTokenId("00000000-0000-7000-8000-00000000000a")).toBe(0x7000_8000_0000_0000_000an);
  expect(toTokenId("ffffffff-ffff-ffff-ffff-ffffffffffff")).toBe(2n ** 128n - 1n);
});
