import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";

/**
 * `tsx scripts/test-report.ts FOLDER`: merges the JSON reports of several test runs. Prints the distinct tests, their
 * assertions and property runs (a test that ran twice counts once), the slowest files, and the tests that passed only
 * at a second attempt, and those that failed, with the start of their messages.
 */
const reportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.string(),
          duration: z.number().nullish(),
          failureMessages: z.array(z.string()),
          meta: z.object({ expects: z.number().default(0), propertyRuns: z.number().default(0) }),
        }),
      ),
    }),
  ),
});

const MAX_SLOW_FILES = 10;
const MAX_FAILURES = 10;
/** Enough for the seed and the counterexample of a property. */
const MESSAGE_LINES = 5;

const [folder = "."] = process.argv.slice(2);
const reports = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .map((name) => ({
    run: path.basename(name, ".json"),
    files: reportSchema.parse(JSON.parse(readFileSync(path.join(folder, name), "utf8"))).testResults,
  }));

const files = reports.flatMap(({ run, files }) =>
  files.map(({ name, assertionResults }) => ({
    run,
    name: path.relative(process.cwd(), name),
    seconds: assertionResults.reduce((sum, { duration }) => sum + (duration ?? 0), 0) / 1_000,
    tests: assertionResults,
  })),
);
const tests = files.flatMap(({ run, name, tests }) => tests.map((test) => ({ run, file: name, ...test })));

const flakyTests = tests.filter(
  ({ status, failureMessages }) => status === "passed" && failureMessages.length > 0,
);
if (flakyTests.length > 0) {
  console.log("passed at a second attempt:");
  for (const test of flakyTests) printFailure(test);
}
const failedTests = tests.filter(({ status }) => status === "failed");
if (failedTests.length > 0) {
  console.log("failed:");
  for (const test of failedTests.slice(0, MAX_FAILURES)) printFailure(test);
}

console.log("the slowest files, by the time in their tests:");
for (const { run, name, seconds } of files.toSorted((a, b) => b.seconds - a.seconds).slice(0, MAX_SLOW_FILES))
  console.log(`  ${seconds.toFixed(1).padStart(6)} s  ${name} (${run})`);

/** A test that ran on two engines counts as one, with the higher of its counts. */
const distinctTests = new Map<string, { expects: number; propertyRuns: number }>();
for (const { file, fullName, status, meta } of tests) {
  if (status !== "passed" && status !== "failed") continue;
  const key = `${file} ${fullName}`;
  const before = distinctTests.get(key) ?? { expects: 0, propertyRuns: 0 };
  distinctTests.set(key, {
    expects: Math.max(before.expects, meta.expects),
    propertyRuns: Math.max(before.propertyRuns, meta.propertyRuns),
  });
}
const sumOf = (field: "expects" | "propertyRuns") =>
  [...distinctTests.values()].reduce((total, counts) => total + counts[field], 0);
console.log(
  `${distinctTests.size} distinct tests, ${sumOf("expects")} assertions, ${sumOf("propertyRuns")} property runs`,
);

const countByStatus = (wantedStatus: string) => tests.filter(({ status }) => status === wantedStatus).length;
console.log(`${countByStatus("passed")} passed, ${countByStatus("failed")} failed`);
process.exitCode = countByStatus("failed") > 0 ? 1 : 0;

function printFailure({ run, file, fullName, failureMessages }: (typeof tests)[number]): void {
  const [first, ...rest] = (failureMessages[0] ?? "").split("\n").slice(0, MESSAGE_LINES);
  console.log(`  ${run}: ${file}: ${fullName}: ${first}`);
  for (const line of rest) console.log(`      ${line.trim().slice(0, 1_000)}`);
}
