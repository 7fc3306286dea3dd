import { spawnSync } from "node:child_process";
import { z } from "zod";

/**
 * `npm run audit:dependencies` asks the registry what is known against the packages that production runs, by their
 * versions in package-lock.json. Ends with 1 when something is high or critical, or when the question itself is wrong
 * (no lockfile); where the advisory service cannot be asked it says *not checked* and ends with 0: a build without a
 * network proves nothing about packages, and is no fault of theirs.
 */

const NPM = ["audit", "--omit=dev", "--audit-level=high", "--json"];
/** In all, npm's own repeats included; a service that is slower is one that cannot be asked. */
const LIMIT_MS = 90_000;
const SETTINGS = { npm_config_fetch_retries: "1", npm_config_fetch_timeout: "20000" };

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
const refusalSchema = z.union([
  z.object({ statusCode: z.int() }).transform(({ statusCode }) => `it answered ${String(statusCode)}`),
  z.object({ message: z.string().regex(/^request to |network|audit endpoint|timeout/i) }).transform(
    // The address alone: what stands in it besides is the machine's own business.
    ({ message }) => /reason: (.*)$/s.exec(message)?.[1]?.trim() || "it could not be reached",
  ),
]);

function main(): number {
  const run = spawnSync("npm", NPM, {
    encoding: "utf8",
    timeout: LIMIT_MS,
    env: { ...process.env, ...SETTINGS },
    shell: process.platform === "win32",
  });
  if (run.error && "code" in run.error && run.error.code === "ETIMEDOUT")
    return notChecked("it did not answer");
  if (run.error) throw run.error;
  const said = parsed(run.stdout);
  const report = reportSchema.safeParse(said);
  if (report.success) return judge(report.data);
  const refusal = refusalSchema.safeParse(said);
  if (refusal.success) return notChecked(refusal.data);
  console.error(`npm audit did not work:\n${run.stdout}${run.stderr}`);
  return 1;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function notChecked(why: string): number {
  console.log(`dependencies: not checked (the advisory service cannot be asked: ${why})`);
  return 0;
}

function judge({ vulnerabilities }: z.infer<typeof reportSchema>): number {
  const found = Object.entries(vulnerabilities);
  for (const [name, { severity, range, via }] of found) {
    const why = via.map((each) =>
      typeof each === "string" ? `through ${each}` : `${each.title} (${each.url})`,
    );
    console.log(`${severity.padEnd(9)} ${name} ${range}: ${why.join("; ")}`);
  }
  const grave = found.filter(([, { severity }]) => severity === "high" || severity === "critical");
  console.log(`dependencies: checked, ${found.length} found, ${grave.length} of them high or critical`);
  return grave.length > 0 ? 1 : 0;
}

process.exitCode = main();
