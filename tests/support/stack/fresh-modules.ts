import { vi } from "vitest";

/**
 * The files of a worker share its process. Modules of the project are evaluated anew for each file, so nothing that one
 * file left in a module's memory reaches the next, and the environment is what the first file began with. Libraries
 * stay loaded.
 */
vi.resetModules();

const holder = globalThis as { environmentOfFirstFile?: NodeJS.ProcessEnv };
holder.environmentOfFirstFile ??= { ...process.env };
for (const name of Object.keys(process.env)) {
  if (!(name in holder.environmentOfFirstFile)) delete process.env[name];
}
Object.assign(process.env, holder.environmentOfFirstFile);
