/** Runs once when a server starts. An invalid environment stops the server here and lists every problem. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  (await import("./lib/core/require-env")).requireEnv();
  // First of all modules that trace; without a collector none of OpenTelemetry is loaded.
  const { env } = await import("./lib/core/env");
  if (env().OTEL_EXPORTER_OTLP_ENDPOINT !== undefined)
    (await import("./lib/core/open-telemetry")).registerTelemetry();
  (await import("./lib/core/http/node-server")).correctNodeServer();
  if (process.env.NODE_ENV === "production") (await import("./lib/core/log-console")).logConsole();
  (await import("./lib/ops")).registerShutdown();
  // Not awaited: requests need not wait for it.
  void (await import("./lib/db")).reportRoleSettings();
  void (await import("./lib/bot")).setWebhooksAtStart();
  // Not in development, where the local chain starts with the first mint.
  if (process.env.NODE_ENV === "production") void (await import("./lib/nft")).verifyMintingAtStart();
}

/** Logs and counts pages and server actions that failed; routes do so with their own responses. */
export async function onRequestError(
  error: unknown,
  request: { path: string; method: string },
  context: { routePath: string; routeType: string },
): Promise<void> {
  const { routePath, routeType } = context;
  if (process.env.NEXT_RUNTIME !== "nodejs" || routeType === "route") return;
  (await import("./lib/core/log-request-error")).logRequestError(error, request, context);
  (await import("./lib/core/counters")).increment("page_errors_total", [routePath]);
  (await import("./lib/metrics")).flushCountsIfDue();
}
