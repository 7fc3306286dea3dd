import { existsSync, readFileSync } from "node:fs";
import { type Browser, type BrowserServer, chromium, type Page } from "playwright-core";
import { timeZones } from "@/tests/support/stack/time-zones";

/** The headless shell is preferred: it starts faster than the desktop browser. */
const CHROMIUM_PATHS = [
  "/usr/bin/chromium-headless-shell",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];
const CHROMIUM_FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  // Software rendering needs no separate process; in-process it takes a tenth less CPU.
  "--in-process-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Time (ms) that a wait for a page may take: long enough for a busy machine, shorter than a test's own limit. */
const WAIT_LIMIT_MS = 60_000;

/** Opens a browser for one test. Use the worker's browser (processes/worker.ts) where it is enough. */
export async function openBrowser(moreFlags: readonly string[] = []): Promise<Browser> {
  const { executablePath, args } = launchOptions();
  return withContextDefaults(await chromium.launch({ executablePath, args: [...args, ...moreFlags] }));
}

/** Starts a browser server that several test files connect to. */
export function startBrowserServer(): Promise<BrowserServer> {
  return chromium.launchServer(launchOptions());
}

/** @param endpoint  of a browser started by {@link startBrowserServer}; closing it closes only its own contexts */
export async function connectBrowser(endpoint: string): Promise<Browser> {
  return withContextDefaults(await chromium.connect(endpoint));
}

/** The system's Chromium (CHROMIUM_PATH, or where Debian puts it). */
export function launchOptions() {
  const executablePath = process.env.CHROMIUM_PATH ?? CHROMIUM_PATHS.find((path) => existsSync(path));
  if (!executablePath)
    throw new Error("No Chromium: install it (apt-get install chromium-headless-shell) or set CHROMIUM_PATH");
  return { executablePath, args: CHROMIUM_FLAGS };
}

/**
 * Contexts prefer reduced motion unless a test overrides it: without a graphics card a page with running animations
 * takes a fifth of a CPU. Their time zone is neither the app's nor UTC.
 */
function withContextDefaults(browser: Browser): Browser {
  const newContext = browser.newContext.bind(browser);
  return Object.assign(browser, {
    newContext: (async (options) => {
      const context = await newContext({
        reducedMotion: "reduce",
        timezoneId: timeZones.browser,
        ...options,
      });
      context.setDefaultTimeout(WAIT_LIMIT_MS);
      return context;
    }) satisfies Browser["newContext"],
  });
}

/** The minified build, a third of the size of the package's main file. */
const AXE = readFileSync("node_modules/axe-core/axe.min.js", "utf8");

/** What axe finds serious or worse on a page, one line each. */
export async function seriousViolations(page: Page): Promise<string[]> {
  // Not `page.evaluate`: Chromium caches the compiled code of a script, but not of an `eval`.
  const session = await page.context().newCDPSession(page);
  await session.send("Runtime.evaluate", { expression: AXE });
  await session.detach();
  const { violations } = await page.evaluate<{
    violations: { id: string; impact: string; nodes: { target: string[] }[] }[];
  }>("axe.run({ resultTypes: ['violations'] })");
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}
