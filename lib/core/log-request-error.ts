import { log } from "./log";

/**
 * Logs that a page or a server action failed, once and with what the error page shows: `digest`. Next's own output of
 * the error (lib/core/log-console.ts) does not name the address.
 */
export function logRequestError(
  error: unknown,
  { method, path }: { method: string; path: string },
  { routePath, routeType }: { routePath: string; routeType: string },
): void {
  const digest =
    typeof error === "object" && error !== null && "digest" in error ? { digest: String(error.digest) } : {};
  // The query of a mailed link has its token.
  const [pathname] = path.split("?");
  log().error(
    { ...digest, method, path: pathname, route: routePath, kind: routeType, err: error },
    "page failed",
  );
}
