import { inject } from "vitest";

/** The stack of this worker: no other file uses it while this file runs. */
export function workerStack() {
  const stack = inject("stacks")[Number(process.env.VITEST_POOL_ID) - 1];
  if (!stack) throw new Error("tests/support/stack/global-stacks.ts has started no stack for this worker");
  return stack;
}
