import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseEnv } from "node:util";
import nextEnv from "@next/env";

/**
 * Gives a command the environment that the app would have: its own, then `.env*` as Next reads them, then
 * what the local stack wrote for commands run beside it. Import it first.
 */
nextEnv.loadEnvConfig(process.cwd(), true, { info: () => {}, error: console.error });
const stackEnv = path.join(process.env.DATA_DIR?.trim() || ".data", "stack.env");
if (existsSync(stackEnv)) {
  for (const [name, value] of Object.entries(parseEnv(readFileSync(stackEnv, "utf8")))) {
    if (!process.env[name]?.trim()) process.env[name] = value;
  }
}

// A page must not wait for Redis; whoever runs a command can, and it may run from another continent.
process.env.REDIS_TIMEOUT_MS = "10000";
process.env.REDIS_FIRST_CALL_TIMEOUT_MS = "10000";

// Who runs a command wants a sentence, not a stack.
process.on("uncaughtException", (error) => {
  console.error(error.message);
  process.exit(1);
});
