import type { Browser } from "playwright-core";
import { connectBrowser } from "@/tests/support/clients/browser";
import type { App } from "./running-app";
import { shared } from "./shared";

/**
 * Shared by the test files of a worker, one after another. Data of earlier files is still there, so tests create their
 * own users, addresses and rows.
 */
const worker = process.env.VITEST_POOL_ID;

/** The production build on a local stack with the demo data, behind one trusted proxy (`TRUST_PROXY=1`). */
export function workerApp(): Promise<App> {
  return shared<App>(`app/${worker}`);
}

/** Close it at the end of a file, which closes the contexts that the file opened. */
export async function workerBrowser(): Promise<Browser> {
  return connectBrowser(await shared<string>(`browser/${worker}`));
}
