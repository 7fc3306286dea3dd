import { spawnSync } from "node:child_process";
import { z } from "zod";

/**
 * `npm run audit:dependencies` asks the registry what is known against the packages that production runs, by their
 * versions in package-lock.json. Ends with 1 when something is high or critical, or when the question itself is wrong
 * (no lockfile); where the advisory service cannot be asked it says *not checked* and ends with 0: a build without a
 * network proves nothing about packages, and is no fault of theirs.
 */

const NPM_ARGUMENTS = ["audit", "--omit=dev", "--audit-level=high", "--json"];
/** In all, npm's own repeats included; a service that is slower is one that cannot be asked. */
const TIMEOUT_MS = 90_000;
const NPM_ENV = { npm_config_fetch_retries: "1", npm_config_fetch_timeout: "20000" };

const severitySchema = z.enum(["info", "low", "moderate", "high", "critical"]);

const reportSchema = z.object({
  auditReportVersion: z.literal(2),
  vulnerabilities: z.record(
    z.string(),
    z.object({
      severity: severitySchema,
      range: z.string(),
      via: z.array(z.union([z.string(), z.object({ title: z.string(), url: z.string() })])),
    }),
  ),
});

/** What npm says when the service did not answer as one does: no connection, or a status that is no success. */
const unavailableSchema = z.union([
  z.object({ statusCode: z.int() }).transform(({ statusCode }) => `it answered ${String(statusCode)}`),
  z.object({ message: z.string().regex(/^request to |network|audit endpoint|timeout/i) }).transform(
    // The address alone: what stands in it besides is the machine's own business.
    ({ message }) => /reason: (.*)$/s.exec(message)?.[1]?.trim() || "it could not be reached",
  ),
]);

function main(): number {
  const run = spawnSync("npm", NPM_ARGUMENTS, {
    encoding: "utf8",
    timeout: TIMEOUT_MS,
    env: { ...process.env, ...NPM_ENV },
    shell: process.platform === "win32",
  });
  if (run.error && "code" in run.error && run.error.code === "ETIMEDOUT")
    return notChecked("it did not answer");
  if (run.error) throw run.error;
  const output = parseJson(run.stdout);
  const report = reportSchema.safeParse(output);
  if (report.success) return reportVulnerabilities(report.data);
  const unavailable = unavailableSchema.safeParse(output);
  if (unavailable.success) return notChecked(unavailable.data);
  console.error(`npm audit did not work:\n${run.stdout}${run.stderr}`);
  return 1;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function notChecked(reason: string): number {
  console.log(`dependencies: not checked (the advisory service cannot be asked: ${reason})`);
  return 0;
}

function reportVulnerabilities({ vulnerabilities }: z.infer<typeof reportSchema>): number {
  const found = Object.entries(vulnerabilities);
  for (const [name, { severity, range, via }] of found) {
    const causes = via.map((each) =>
      typeof each === "string" ? `through ${each}` : `${each.title} (${each.url})`,
    );
    console.log(`${severity.padEnd(9)} ${name} ${range}: ${causes.join("; ")}`);
  }
  const severe = found.filter(([, { severity }]) => severity === "high" || severity === "critical");
  console.log(`dependencies: checked, ${found.length} found, ${severe.length} of them high or critical`);
  return severe.length > 0 ? 1 : 0;
}

process.exitCode = main();
