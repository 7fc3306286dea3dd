import { rm } from "node:fs/promises";
import type { TestProject } from "vitest/node";
import { seedFolder } from "@/tests/support/processes/running-app";

/**
 * A data folder with the demo in it, made once for a run: migrating and seeding is most of an app's first start, and
 * every browser test would pay for it. The apps get copies (tests/support/processes/running-app.ts).
 */
export default async function seedOnce(project: TestProject): Promise<() => Promise<void>> {
  const folder = await seedFolder();
  project.provide("seededFolder", folder);
  return () => rm(folder, { recursive: true, force: true });
}

declare module "vitest" {
  interface ProvidedContext {
    seededFolder: string;
  }
}
