import { spawn } from "node:child_process";
import { once } from "node:events";

/**
 * `npm run test:faults`: races, deadlocks and crashes, on a real Redis and a real Postgres. With `--full` every
 * failpoint and fault is played several times; everything else is handed on to vitest.
 */
const given = process.argv.slice(2);
const vitest = spawn(
  process.execPath,
  [
    "node_modules/vitest/vitest.mjs",
    ...["run", "--project", "faults"],
    ...given.filter((argument) => argument !== "--full"),
  ],
  {
    stdio: "inherit",
    env: { ...process.env, REAL_STACK: "1", ...(given.includes("--full") ? { FAULTS: "full" } : {}) },
  },
);
const [code] = await once(vitest, "exit");
process.exitCode = code ?? 1;
