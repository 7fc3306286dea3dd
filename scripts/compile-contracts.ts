import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { z } from "zod";
import { CONTRACT, type ContractArtifact } from "../contracts/artifact";

const require = createRequire(import.meta.url);

const outputSchema = z.object({
  errors: z.array(z.object({ severity: z.string(), formattedMessage: z.string() })).default([]),
  contracts: z
    .record(
      z.string(),
      z.record(
        z.string(),
        z.object({
          abi: z.array(z.record(z.string(), z.unknown())),
          evm: z.object({
            bytecode: z.object({ object: z.string() }),
            deployedBytecode: z.object({ object: z.string() }),
          }),
        }),
      ),
    )
    .default({}),
});

/** What solc's package has; it ships no types. */
interface Solc {
  version(): string;
  compile(
    input: string,
    callbacks: { import(file: string): { contents: string } | { error: string } },
  ): string;
}

/**
 * Compiles the contract. The result depends on the sources and on the exact versions of solc and OpenZeppelin alone.
 * @throws with solc's messages, also for warnings in our own sources
 */
export function compileContract(): ContractArtifact {
  const solc = require("solc") as Solc;
  const file = `contracts/${CONTRACT}.sol`;
  const input = {
    language: "Solidity",
    sources: { [file]: { content: readFileSync(file, "utf8") } },
    settings: {
      // OpenZeppelin 5 needs MCOPY; every network of docs/MINTING.md has it.
      evmVersion: "cancun",
      optimizer: { enabled: true, runs: 200 },
      // The hash of the sources' metadata would change the code with every comment.
      metadata: { bytecodeHash: "none" },
      outputSelection: { "*": { [CONTRACT]: ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"] } },
    },
  };
  const output = outputSchema.parse(JSON.parse(solc.compile(JSON.stringify(input), { import: readImport })));
  if (output.errors.length > 0) {
    throw new Error(output.errors.map(({ formattedMessage }) => formattedMessage).join("\n"));
  }
  const compiled = output.contracts[file]?.[CONTRACT];
  if (!compiled) throw new Error(`solc returned no ${CONTRACT}`);
  return {
    contractName: CONTRACT,
    compiler: solc.version(),
    abi: compiled.abi,
    bytecode: `0x${compiled.evm.bytecode.object}`,
    deployedBytecode: `0x${compiled.evm.deployedBytecode.object}`,
  };
}

function readImport(file: string): { contents: string } | { error: string } {
  try {
    return { contents: readFileSync(require.resolve(file), "utf8") };
  } catch (error) {
    return { error: String(error) };
  }
}
