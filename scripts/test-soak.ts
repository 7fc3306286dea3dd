import { parseArgs } from "node:util";
import { formatReport } from "../tests/soak/format-report";
import { runSoak } from "../tests/soak/run-soak";
import { startSoakStack } from "../tests/soak/soak-stack";

/**
 * `npm run test:soak`: places 10,000 orders with random faults, on its own Redis and Postgres. `--seed N` repeats a
 * plan, `--orders N` sets the number of orders. The exit code is 1 when an invariant is violated.
 */
const { values } = parseArgs({
  options: { seed: { type: "string" }, orders: { type: "string", default: "10000" } },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const orders = Number(values.orders);
console.log(`seed ${seed}, ${orders} orders`);
const startedAtMs = Date.now();
const soakStack = await startSoakStack();
const result = await runSoak(soakStack, {
  ...{ seed, orders, drainTimeoutMs: 60_000 + orders * 60 },
  onProgress: (line) => console.log(`${Math.round((Date.now() - startedAtMs) / 1_000)} s: ${line}`),
});
console.log(await formatReport(result));
const { disconnectDb } = await import("@/lib/db");
await disconnectDb();
await soakStack.close();
process.exit(result.violations.length === 0 ? 0 : 1);
