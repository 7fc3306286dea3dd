import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseEnv } from "node:util";
import nextEnv from "@next/env";

/**
 * Gives a command the app's environment: the process's own variables, then `.env*` as Next reads them, then those that
 * the local stack wrote for commands that run beside it. Import it first.
 */
nextEnv.loadEnvConfig(process.cwd(), true, { info: () => {}, error: console.error });
const stackEnv = path.join(process.env.DATA_DIR?.trim() || ".data", "stack.env");
if (existsSync(stackEnv)) {
  for (const [name, value] of Object.entries(parseEnv(readFileSync(stackEnv, "utf8")))) {
    if (!process.env[name]?.trim()) process.env[name] = value;
  }
}

// A page must not wait long for Redis; a command can, and it may run on another continent.
process.env.REDIS_TIMEOUT_MS = "10000";
process.env.REDIS_FIRST_CALL_TIMEOUT_MS = "10000";

// An operator needs a message, not a stack trace.
process.on("uncaughtException", (error) => {
  console.error(error.message);
  process.exit(1);
});
