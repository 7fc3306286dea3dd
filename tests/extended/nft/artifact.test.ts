import { toFunctionSignature } from "viem";
import { expect, it } from "vitest";
import { readArtifact } from "@/contracts/artifact";
import { abi } from "@/lib/nft/abi";
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
