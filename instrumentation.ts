/** Runs once when a server starts: an incomplete environment stops it here, with all that is wrong. */
export async function register(): Promise<void> {
  const { env } = await import("./lib/core/env");
  env();
  if (process.env.NEXT_RUNTIME === "nodejs") (await import("./lib/shutdown")).syncBeforeExit();
}
