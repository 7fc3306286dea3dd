import fc from "fast-check";
import { afterEach, expect } from "vitest";
import { runs } from "../fuzz/runs";

/**
 * Adds to each test's result the number of its assertions and property runs, so that two versions of the suite can be
 * compared (scripts/test-report.ts prints the sums).
 */
let propertyRuns = 0;

/** Runs of a property that names no number; fast-check's default. */
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
