import path from "node:path";
import { defineConfig } from "vitest/config";

const alias = { "@": path.resolve(import.meta.dirname) };

/** They end what hangs; a busy machine must not meet them. */
const limits = { testTimeout: 120_000, hookTimeout: 180_000 };

/**
 * What a foreign machine's pause breaks is tried once more in CI, which names what needed it. Not so the faults: a
 * race that shows itself once in two runs is a race.
 */
const retry = process.env.CI ? 1 : 0;

/** Files at once. A database that was given is one, and its files run one at a time. */
const maxWorkers = process.env.TEST_DATABASE_URL || process.env.TEST_REDIS_URL ? 1 : 2;

/**
 * unit        pure code, no server
 * local       the local stack's own servers, each file starts what it needs on a free port
 * integration lib and routes against a whole stack, embedded unless REAL_STACK=1
 * e2e         the production build with the local stack, in Chromium
 * faults      races, deadlocks and crashes; only on a real Redis and a real Postgres
 *
 * A file of integration is a whole installation, and two on one stack would do each other's work: any process tells
 * its own Redis of every invalidation that waits in Postgres and deletes the row; sweepTasks() takes every task;
 * QStash delivers to one APP_URL. So each worker has a stack of its own (tests/support/global-stack.ts), and so it
 * is with the faults. A file of e2e has an installation of its own anyway.
 */
export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias },
        test: {
          name: "unit",
          retry,
          maxWorkers,
          include: ["tests/unit/**/*.test.ts"],
          ...limits,
        },
      },
      {
        resolve: { alias },
        test: {
          name: "local",
          retry,
          maxWorkers,
          include: ["tests/local/**/*.test.ts"],
          ...limits,
        },
      },
      {
        resolve: { alias },
        test: {
          name: "integration",
          retry,
          maxWorkers,
          include: ["tests/integration/**/*.test.ts"],
          globalSetup: ["tests/support/global-stack.ts"],
          setupFiles: ["tests/support/setup.ts"],
          ...limits,
        },
      },
      {
        resolve: { alias },
        test: {
          name: "e2e",
          retry,
          include: ["tests/e2e/**/*.test.ts"],
          globalSetup: ["tests/support/global-seeded.ts"],
          ...limits,
          expect: { poll: { timeout: 30_000 } },
          maxWorkers,
        },
      },
      {
        resolve: { alias },
        test: {
          name: "faults",
          include: ["tests/faults/**/*.test.ts"],
          globalSetup: ["tests/support/global-stack.ts"],
          setupFiles: ["tests/support/setup.ts"],
          testTimeout: 180_000,
          hookTimeout: 60_000,
          maxWorkers,
        },
      },
    ],
  },
});
