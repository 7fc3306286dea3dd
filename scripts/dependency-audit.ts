import { spawnSync } from "node:child_process";
import { z } from "zod";

/**
 * `npm run audit:dependencies` queries the registry for advisories on the packages that production runs, by their
 * versions in package-lock.json. The exit code is 1 when an advisory is high or critical, or when the query itself is
 * wrong (no lockfile). When the advisory service is unavailable it prints *not checked* and the exit code is 0: a build
 * without a network proves nothing about packages.
 */

const NPM_ARGUMENTS = ["audit", "--omit=dev", "--audit-level=high", "--json"];
/** Total time limit, npm's own retries included; a slower service counts as unavailable. */
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

/** npm's output when the service is unavailable: no connection, or an error status. */
const unavailableSchema = z.union([
  z.object({ statusCode: z.int() }).transform(({ statusCode }) => `it answered ${String(statusCode)}`),
  z.object({ message: z.string().regex(/^request to |network|audit endpoint|timeout/i) }).transform(
    // Only the reason: the rest of the message may have details of this machine.
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
  console.error(`npm audit failed:\n${run.stdout}${run.stderr}`);
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
  console.log(`dependencies: not checked (advisory service unavailable: ${reason})`);
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
