import fc from "fast-check";
import { afterEach, expect } from "vitest";
import { runs } from "../fuzz/runs";

/**
 * Writes beside each test's result how many assertions it made and how many runs its properties had, so that a change
 * of the suite can be held against the one before (scripts/test-report.ts prints the sums).
 */
let propertyRuns = 0;

/** What a property plays that names no number of its own; fast-check's default. */
const DEFAULT_PROPERTY_RUNS = 100;

fc.configureGlobal({
  numRuns: runs(DEFAULT_PROPERTY_RUNS),
  reporter: (details) => {
    propertyRuns += details.numRuns;
    if (details.failed) throw new Error(fc.defaultReportMessage(details), { cause: details.errorInstance });
  },
});

afterEach(({ task }) => {
  task.meta.expects = expect.getState().assertionCalls;
  task.meta.propertyRuns = propertyRuns;
  propertyRuns = 0;
});

declare module "vitest" {
  interface TaskMeta {
    expects?: number;
    propertyRuns?: number;
  }
}
