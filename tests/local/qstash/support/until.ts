import { setTimeout as sleep } from "node:timers/promises";

/** Before the test's own limit, which does not say what was waited for. */
const DEADLINE_MS = 100_000;

/** Waits for a condition, polling; fails with what it waited for. */
export async function until(condition: () => unknown | Promise<unknown>, what: string): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited ${DEADLINE_MS} ms for ${what}`);
    await sleep(3);
  }
}
