import type { Browser } from "playwright-core";
import { connectBrowser } from "@/tests/support/clients/browser";
import type { App } from "./running-app";
import { shared } from "./shared";

/**
 * What the files of a worker use one after another. They find what the files before them have left: so people,
 * addresses and things of a test's own.
 */
const worker = process.env.VITEST_POOL_ID;

/** The production build on a local stack with the demo in it, behind one proxy that it trusts (`TRUST_PROXY=1`). */
export function workerApp(): Promise<App> {
  return shared<App>(`app/${worker}`);
}

/** Close it at the end of a file: that closes the contexts which the file has left open. */
export async function workerBrowser(): Promise<Browser> {
  return connectBrowser(await shared<string>(`browser/${worker}`));
}
