import type { RouteLimit } from "../core/http";
import { routeRows } from "./routes.generated";

/** How many requests one caller may make to one route. */
export interface LimitPolicy {
  name: string;
  limit: number;
  windowSeconds: number;
  /** Requests do not count towards the user's limit over all routes. */
  standalone?: true;
  /**
   * Requests wait up to REDIS_STRICT_TIMEOUT_MS for Redis, so that the limit holds over all processes however far away
   * Redis is. Others decide sooner in their process, and may together exceed a limit.
   */
  exact?: true;
  /** A process that sees a caller often reserves tokens for the requests to come, instead of a call for each. */
  leased?: true;
}

const policies = {
  default: { name: "default", limit: 100, windowSeconds: 60, leased: true },
  /** For routes that check passwords, start expensive work or cannot be undone. */
  strict: { name: "strict", limit: 10, windowSeconds: 60, exact: true },
  /** Token refresh: every open tab makes one, and with expired access tokens all users of an address are one caller. */
  renewal: { name: "renewal", limit: 60, windowSeconds: 60 },
  /** Pictures and sounds: a browser loads many concurrently, and a sound in ranges. */
  files: { name: "files", limit: 600, windowSeconds: 60, standalone: true, leased: true },
  /**
   * Chat messages, and what an open page sends automatically (presence heartbeats, read markers, typing): a lively chat
   * must not use up the user's other requests, nor the other way round.
   */
  frequent: { name: "frequent", limit: 300, windowSeconds: 60, standalone: true, leased: true },
  /** Analytics events: a page sends those of five seconds together, and each request is rows that stay. */
  events: { name: "events", limit: 20, windowSeconds: 60, standalone: true },
  /** Pages that a browser loads ahead of a click: what it never opens must not use up the caller's other requests. */
  prefetch: { name: "prefetch", limit: 100, windowSeconds: 60, standalone: true, leased: true },
  /**
   * A signed-in user's limit over all routes, in addition to the route's own policy. Not for addresses: a school or a
   * mobile network has many users behind one.
   */
  person: { name: "person", limit: 100, windowSeconds: 60, leased: true },
} as const satisfies Record<Exclude<RouteLimit, "skip"> | "default" | "person" | "prefetch", LimitPolicy>;

/**
 * Limits that handlers apply, since the gate does not know what to count by. Those of password attempts count failed
 * ones: a successful one returns its token.
 */
export const handlerPolicies = {
  /** Password attempts for one account from one address: guesses from other addresses do not lock the owner out. */
  account: { name: "account", limit: 10, windowSeconds: 900, exact: true },
  /** Password attempts for one account from all addresses: below the 100 an hour that OWASP's ASVS (2.2.1) allows. */
  accountTotal: { name: "account-total", limit: 80, windowSeconds: 3_600, exact: true },
  /** Password attempts for one account from a browser that has signed in to it before (device-cookie.ts). */
  device: { name: "device", limit: 10, windowSeconds: 900, exact: true },
  /** Password attempts from one address for any account. Many users may share the address. */
  address: { name: "address", limit: 100, windowSeconds: 3_600, exact: true },
  /** Password attempts by a signed-in user: a stolen session must not become a stolen account. */
  session: { name: "session", limit: 10, windowSeconds: 900, exact: true },
  /** Mails of one kind to one address, whichever accounts cause them, so that no mailbox can be flooded. */
  mail: { name: "mail", limit: 5, windowSeconds: 3_600, exact: true },
  /** Messages to one Telegram bot. */
  telegram: { name: "telegram", limit: 10, windowSeconds: 1 },
  /** Messages and presses of one Telegram user in one bot. */
  telegramPerson: { name: "telegram-person", limit: 100, windowSeconds: 60 },
} as const satisfies Record<string, LimitPolicy>;

interface PolicyRow {
  /** `:name` matches one segment, a trailing `*` any rest. Keys contain this pattern, never the raw path. */
  pattern: string;
  policy: RouteLimit | "default";
  /** Any method by default. */
  method?: string;
  /** Counts signed-in callers by address too: on sign-in routes, where a caller can switch or create accounts. */
  by?: "address";
}

const PAGES = "/*";

/** The first matching row decides. Rows of routes are generated from their specs (`npm run openapi`). */
const policyTable: readonly PolicyRow[] = [
  // A CDN serves these; without one, the matcher in middleware.ts excludes most of them.
  { pattern: "/_next/static/*", policy: "skip" },
  ...routeRows,
  // Paths without a route. An unusual spelling of a path that matches no row above must not bypass the strict limit.
  { pattern: "/api/auth/*", policy: "strict", by: "address" },
  { pattern: "/api/*", policy: "default" },
  // All pages share one bucket: with one per page every new page would raise the total limit.
  { pattern: PAGES, policy: "default" },
];

const compiledTable = policyTable.map(({ pattern, policy, method, by }) => ({
  pattern: method ? `${method} ${pattern}` : pattern,
  method,
  policy: policy === "skip" ? null : policies[policy],
  by,
  expression: new RegExp(
    `^${pattern
      .replace(/[.+?^${}()|[\]\\]/g, "\\$&")
      .replace(/:\w+/g, "[^/]+")
      .replace(/\*$/, ".*")}$`,
    "s",
  ),
}));

/** The policy of a request. */
export interface PolicyMatch {
  /** The matching row's pattern. */
  pattern: string;
  /** Null when no limit applies. */
  policy: LimitPolicy | null;
  /** Count by address, whether signed in or not. */
  by?: "address";
}

/** @param isPrefetch  as the caller says: it changes the bucket of a page, and nothing else */
export function findPolicy(pathname: string, method = "GET", isPrefetch = false): PolicyMatch {
  const path = normalizePath(pathname);
  // Next answers HEAD with the handler of GET.
  const effectiveMethod = method === "HEAD" ? "GET" : method;
  const row = compiledTable.find(
    ({ expression, method: rowMethod }) =>
      (rowMethod === undefined || rowMethod === effectiveMethod) && expression.test(path),
  );
  if (row?.pattern === PAGES && isPrefetch && effectiveMethod === "GET") return PREFETCHED_PAGES;
  return row ?? FALLBACK;
}

const FALLBACK: PolicyMatch = { pattern: PAGES, policy: policies.default };
const PREFETCHED_PAGES: PolicyMatch = { pattern: PAGES, policy: policies.prefetch };

/** The user's policy over all routes, with the pattern `*` in keys. */
export const personPolicy: LimitPolicy = policies.person;

const policiesByName: ReadonlyMap<string, LimitPolicy> = new Map(
  [...Object.values(policies), ...Object.values(handlerPolicies)].map((policy) => [policy.name, policy]),
);

/** Undefined for a name of another version. */
export function findPolicyByName(name: string): LimitPolicy | undefined {
  return policiesByName.get(name);
}

/** The path as the router reads it: `/api/auth/%73ign-in/` is `/api/auth/sign-in` and has the same policy. */
function normalizePath(pathname: string): string {
  let path = pathname;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    // The gate rejects a malformed path; it counts under its raw form.
  }
  return path.replace(/\/{2,}/g, "/").replace(/(.)\/$/, "$1");
}
