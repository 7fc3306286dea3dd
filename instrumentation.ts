/** Runs once when a server starts: an incomplete environment ends it here, with all that is wrong. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  (await import("./lib/core/require-env")).requireEnv();
  if (process.env.NODE_ENV === "production")
    (await import("./lib/core/log-console-errors")).logConsoleErrors();
  (await import("./lib/ops")).registerShutdown();
}
