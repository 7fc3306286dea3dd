import path from "node:path";
import { defineConfig } from "vitest/config";

const alias = { "@": path.resolve(import.meta.dirname) };

/** They end what hangs; a busy machine must not meet them. */
const limits = { testTimeout: 120_000, hookTimeout: 180_000 };

/**
 * unit        pure code, no server
 * local       the local stack's own servers, each file starts what it needs on a free port
 * integration lib and routes against a whole stack, embedded unless REAL_STACK=1
 * e2e         the production build with the local stack, in Chromium
 * faults      races, deadlocks and crashes; only on a real Redis and a real Postgres
 *
 * unit and local run as many files at once as there are cores. The others run one file at a time, after those:
 * a file is a whole installation, and two on one Postgres would do each other's work. Any process tells its own
 * Redis of every invalidation that waits in Postgres and deletes the row; sweepTasks() takes every task;
 * QStash delivers to one APP_URL.
 */
export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias },
        test: {
          name: "unit",
          include: ["tests/unit/**/*.test.ts"],
          ...limits,
        },
      },
      {
        resolve: { alias },
        test: {
          name: "local",
          include: ["tests/local/**/*.test.ts"],
          ...limits,
        },
      },
      {
        resolve: { alias },
        test: {
          name: "integration",
          include: ["tests/integration/**/*.test.ts"],
          globalSetup: ["tests/support/global-stack.ts"],
          setupFiles: ["tests/support/setup.ts"],
          ...limits,
          fileParallelism: false,
        },
      },
      {
        resolve: { alias },
        test: {
          name: "e2e",
          include: ["tests/e2e/**/*.test.ts"],
          ...limits,
          expect: { poll: { timeout: 30_000 } },
          fileParallelism: false,
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
          fileParallelism: false,
        },
      },
    ],
  },
});
