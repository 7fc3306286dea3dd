import path from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const alias = { "@": path.resolve(import.meta.dirname) };

/** They end what hangs; a busy machine must not reach them. */
const limits = { testTimeout: 120_000, hookTimeout: 180_000 };

/** A file that fails only on a slow machine is played once more in CI, which names it. */
const retry = process.env.CI ? 1 : 0;

/**
 * Vitest begins with the longest, or where it has seen none of them with the largest. The cluster's file is small and
 * waits much: begun late, it would have the end of the run to itself.
 */
class ClusterFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => (/\bcluster\.test\.ts$/.test(moduleId) ? 0 : 1);
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

/** Files at once. A Redis or a Postgres that was given is one, and its files run one at a time. */
const given = [
  process.env.TEST_DATABASE_URL,
  process.env.TEST_REDIS_URL,
  process.env.REDIS_URL,
  process.env.REDIS_HOST,
].some(Boolean);
const maxWorkers = process.env.REAL_STACK === "1" && given ? 1 : 2;

const counting = "tests/support/stack/counting.ts";
const freshModules = "tests/support/stack/fresh-modules.ts";
const stack = {
  globalSetup: ["tests/support/stack/global-stack.ts"],
  setupFiles: [freshModules, counting, "tests/support/stack/setup.ts"],
};

/**
 * The kinds of tests, each a folder of rooms (CONTRIBUTING.md#tests):
 *
 * unit        pure code, no server
 * local       the local stack's own servers; each file starts what it needs on a free port
 * integration each promise once, in lib and routes, against a whole stack
 * extended    what takes long: models, outages, fuzzing, every route with every role
 * e2e         the production build with the local stack, in Chromium
 * faults      races, deadlocks and crashes; only on a real Redis and a real Postgres
 *
 * `integration` and `extended` run on the embedded engines, or with REAL_STACK=1 on real ones. A file of theirs uses
 * a whole installation: any process drains the outbox of its database, and QStash delivers to one APP_URL. So each
 * worker has a stack of its own (tests/support/stack/global-stack.ts). Their files share a process: starting one and
 * loading the libraries would be a third of the run. tests/support/stack/fresh-modules.ts gives each file modules of its own.
 */
export default defineConfig({
  test: {
    sequence: { sequencer: ClusterFirst },
    projects: [
      project("unit", { isolate: false, setupFiles: [freshModules, counting] }),
      project("local", { setupFiles: [counting] }),
      project("integration", { isolate: false, ...stack }),
      project("extended", { isolate: false, ...stack }),
      project("e2e", {
        isolate: false,
        globalSetup: ["tests/support/stack/global-shared.ts"],
        setupFiles: [freshModules, counting],
        expect: { poll: { timeout: 30_000 } },
      }),
      // No second attempt: a race that shows once in two runs is a race.
      project("faults", { ...stack, retry: 0, testTimeout: 180_000, hookTimeout: 60_000 }),
    ],
  },
});

function project(name: string, options: object) {
  return {
    resolve: { alias },
    test: {
      name,
      retry,
      maxWorkers,
      include: [`tests/${name}/**/*.test.ts`],
      sequence: { setupFiles: "list" as const },
      ...limits,
      ...options,
    },
  };
}
