import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";

/** The contract's name, and that of its files here. */
export const CONTRACT = "NormalDanceTracks";

/** The committed result of a compilation. */
export const artifactSchema = z.object({
  contractName: z.string(),
  /** Version of solc, with its commit. */
  compiler: z.string(),
  abi: z.array(z.record(z.string(), z.unknown())),
  /** Creation code, hexadecimal. */
  bytecode: z.templateLiteral(["0x", z.string()]),
  /** Code of the deployed contract; it has no immutable values, so a deployed one is equal. */
  deployedBytecode: z.templateLiteral(["0x", z.string()]),
});

export type ContractArtifact = z.infer<typeof artifactSchema>;

export const ARTIFACT_FILE = path.resolve("contracts", `${CONTRACT}.json`);

export function readArtifact(): ContractArtifact {
  return artifactSchema.parse(JSON.parse(readFileSync(ARTIFACT_FILE, "utf8")));
}
