import { existsSync, readFileSync } from "node:fs";
import { type Browser, type BrowserServer, chromium, type Page } from "playwright-core";

/** The shell is the same engine without the windows of a desktop's browser, which take longer to open than our pages. */
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
  // What draws instead of a graphics card needs no process of its own: a tenth of a browser's work less.
  "--in-process-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A browser of a test's own. Where that of the worker will do, take it (processes/worker.ts). */
export async function openBrowser(): Promise<Browser> {
  return withLessMotion(await chromium.launch(launchOptions()));
}

/** Starts the browser that many connect to. */
export function startBrowserServer(): Promise<BrowserServer> {
  return chromium.launchServer(launchOptions());
}

/** @param endpoint  of a browser that was started with {@link startBrowserServer}; closing it closes its own contexts */
export async function connectBrowser(endpoint: string): Promise<Browser> {
  return withLessMotion(await chromium.connect(endpoint));
}

/** The system's Chromium (CHROMIUM_PATH, or where Debian puts it). */
function launchOptions() {
  const executablePath = process.env.CHROMIUM_PATH ?? CHROMIUM_PATHS.find((path) => existsSync(path));
  if (!executablePath)
    throw new Error("No Chromium: install it (apt-get install chromium-headless-shell) or set CHROMIUM_PATH");
  return { executablePath, args: CHROMIUM_FLAGS };
}

/**
 * Its people want less motion, unless a test says otherwise: without a graphics card what moves all the time takes a
 * fifth of a processor for each page.
 */
function withLessMotion(browser: Browser): Browser {
  const newContext = browser.newContext.bind(browser);
  return Object.assign(browser, {
    newContext: ((options) =>
      newContext({ reducedMotion: "reduce", ...options })) satisfies Browser["newContext"],
  });
}

/** A third of the package's main file. */
const AXE = readFileSync("node_modules/axe-core/axe.min.js", "utf8");

/** What axe finds serious or worse on a page, one line each. */
export async function seriousViolations(page: Page): Promise<string[]> {
  // Not by `page.evaluate`: Chromium keeps what it has compiled of a script, but not of an `eval`.
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
