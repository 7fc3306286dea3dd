import { Client } from "pg";
import type { Browser, BrowserContext, BrowserContextOptions } from "playwright-core";
import { afterAll, afterEach, beforeEach } from "vitest";
import type { App } from "@/tests/support/processes/running-app";
import { workerApp, workerBrowser } from "@/tests/support/processes/worker";
import { openContext } from "./browser-accounts";
import { describePages } from "./browser-pages";

/** What the tests of a file use, and what ends it. */
interface BrowserTests {
  app: App;
  browser: Browser;
  /** The app's database, for what no page can do, such as ageing a row. */
  database: Client;
  /** Opens an English context with an address of its own (browser-accounts.ts), which ends with its test. */
  openContext(options?: BrowserContextOptions): Promise<BrowserContext>;
}

/**
 * Gives a file the worker's app, browser and database, and closes what it opened: contexts of a test after that test,
 * those of `beforeAll` at the end of the file. A failed test prints what its pages showed.
 */
export async function startBrowserTests(): Promise<BrowserTests> {
  const [app, browser] = await Promise.all([workerApp(), workerBrowser()]);
  const database = new Client({ connectionString: app.env.DATABASE_URL });
  await database.connect();
  const ofTest: BrowserContext[] = [];
  beforeEach(() => {
    ofTest.length = 0;
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") await describePages(ofTest);
    await Promise.all(ofTest.splice(0).map((context) => context.close()));
  });
  afterAll(async () => {
    await database.end();
    await browser.close();
  });
  return {
    ...{ app, browser, database },
    openContext: async (options) => {
      const context = await openContext(browser, app, options);
      ofTest.push(context);
      return context;
    },
  };
}
