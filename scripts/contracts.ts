import { writeFileSync } from "node:fs";
import { ARTIFACT_FILE } from "../contracts/artifact";
import { compileContract } from "./compile-contracts";

/** `npm run contracts`: compiles `contracts/` and writes the artifact that is committed. */
const artifact = compileContract();
writeFileSync(ARTIFACT_FILE, `${JSON.stringify(artifact, null, 2)}\n`);
console.log(`${artifact.contractName} compiled by solc ${artifact.compiler}`);
console.log(`${(artifact.deployedBytecode.length - 2) / 2} bytes of code (limit: 24,576)`);
