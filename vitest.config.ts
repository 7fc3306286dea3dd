import path from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const alias = { "@": path.resolve(import.meta.dirname) };

/** `RUNS=20` repeats properties, models and races twenty times (tests/support/fuzz/runs.ts). */
const repetitions = Math.max(1, Number(process.env.RUNS ?? 1));

/** Long enough that only a hung test reaches them, even on a busy machine. */
const limits = { testTimeout: 120_000 * repetitions, hookTimeout: 180_000 };

/** CI runs a failed test once more, for failures that only a slow machine causes, and reports it as retried. */
const retry = process.env.CI ? 1 : 0;

/**
 * Vitest starts with the slowest file, or without earlier results with the largest. The cluster's file is small and
 * mostly waits: started late, it would prolong the run.
 */
class ClusterFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => (/\bcluster\.test\.ts$/.test(moduleId) ? 0 : 1);
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

/** Files run one at a time when an external Redis or Postgres is set, since they would share it. */
const hasExternalBackend = [
  process.env.TEST_DATABASE_URL,
  process.env.TEST_REDIS_URL,
  process.env.REDIS_URL,
  process.env.REDIS_HOST,
].some(Boolean);
const runsOnRealServers = process.env.REAL_STACK === "1";

const hasOwnBackends = !(runsOnRealServers && hasExternalBackend);
const maxWorkers = hasOwnBackends ? 2 : 1;

/** The embedded engines run in the main process: a worker waits for them two fifths of its time, so three fill two cores. */
const withEmbeddedEngines = runsOnRealServers ? {} : { maxWorkers: 3 };

/** Its files wait for leases, processes and outages; or for a page, its server and time. */
const withWaits = hasOwnBackends ? { maxWorkers: 3 } : {};

const countAssertions = "tests/support/stack/count-assertions.ts";
const freshModules = "tests/support/stack/fresh-modules.ts";
const stack = {
  globalSetup: ["tests/support/stack/global-stacks.ts"],
  setupFiles: [freshModules, countAssertions, "tests/support/stack/setup.ts"],
};

/**
 * The kinds of tests, each a folder with one subfolder per module (CONTRIBUTING.md#tests):
 *
 * unit        pure code, no server
 * local       the local stack's servers; each file starts what it needs on a free port
 * integration each documented behaviour of lib and routes once, against a whole stack
 * extended    slow tests: models, outages, fuzzing, every route with every role
 * e2e         the production build with the local stack, in Chromium
 * faults      races, deadlocks and crashes; only on a real Redis and a real Postgres
 *
 * `integration` and `extended` run on the embedded engines, or with REAL_STACK=1 on real servers. Each of their files
 * needs a whole stack: any process drains the outbox of its database, and QStash delivers to one APP_URL. So each
 * worker has its own stack (tests/support/stack/global-stacks.ts). The files share a process, since starting one and
 * loading the libraries would take a third of the run; tests/support/stack/fresh-modules.ts reloads the app's modules
 * for each file.
 */
export default defineConfig({
  test: {
    sequence: { sequencer: ClusterFirst },
    projects: [
      project("unit", {
        isolate: false,
        setupFiles: [freshModules, countAssertions],
        ...withEmbeddedEngines,
      }),
      project("local", {
        isolate: false,
        setupFiles: [freshModules, countAssertions],
        ...withEmbeddedEngines,
      }),
      project("integration", { isolate: false, ...stack, ...withEmbeddedEngines }),
      project("extended", { isolate: false, ...stack, ...withWaits }),
      project("e2e", {
        isolate: false,
        ...withWaits,
        globalSetup: ["tests/support/stack/global-shared.ts"],
        setupFiles: [freshModules, countAssertions],
        expect: { poll: { timeout: 30_000 } },
      }),
      // No retry: a race that appears in one of two runs is a bug.
      project("faults", { isolate: false, ...stack, retry: 0, testTimeout: 180_000, hookTimeout: 60_000 }),
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
