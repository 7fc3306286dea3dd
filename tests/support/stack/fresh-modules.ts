import { vi } from "vitest";
import { resetProcessState } from "@/lib/core/process-state";

/**
 * The test files of a worker share its process. This evaluates the project's modules again for each file, so that no
 * module state leaks into the next file, and restores the environment of the first file. Libraries stay loaded.
 */
vi.resetModules();
// What the previous file left running must neither change nor count what this one sees.
resetProcessState(
  ...["cache", "counters", "hub", "metricBatches", "metricsFlush"],
  ...["sessionLease", "sessionsKnownInRedis"],
);
// A stub that the previous file left would later be undone to the value of that file.
vi.unstubAllEnvs();

const holder = globalThis as { environmentOfFirstFile?: NodeJS.ProcessEnv };
holder.environmentOfFirstFile ??= { ...process.env };
for (const name of Object.keys(process.env)) {
  if (!(name in holder.environmentOfFirstFile)) delete process.env[name];
}
Object.assign(process.env, holder.environmentOfFirstFile);
