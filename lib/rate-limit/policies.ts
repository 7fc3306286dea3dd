import type { RouteLimit } from "../core/http";
import { routeRows } from "./routes.generated";

/** How much one caller may ask of one route. */
export interface LimitPolicy {
  name: string;
  limit: number;
  windowSeconds: number;
  /** Counts for itself alone, and not among what a person may ask of all routes together. */
  standalone?: true;
}

const policies = {
  default: { name: "default", limit: 100, windowSeconds: 60 },
  /** Guessing passwords, starting expensive work, and what cannot be taken back. */
  strict: { name: "strict", limit: 10, windowSeconds: 60 },
  /** Fresh tokens: each open tab asks, and after the access token has run out all of an address are one caller. */
  renewal: { name: "renewal", limit: 60, windowSeconds: 60 },
  /** The pictures and sounds of a page: a browser asks for many at once, and for the parts of a sound it plays. */
  files: { name: "files", limit: 600, windowSeconds: 60, standalone: true },
  /**
   * Chat messages, and what an open page sends by itself beside them (that it is here, what was read, that somebody
   * types): a lively conversation must not use up what a person may ask for, nor the other way round.
   */
  frequent: { name: "frequent", limit: 300, windowSeconds: 60, standalone: true },
  /**
   * What one signed-in person may ask of all routes together, beside the route's own row. Not for addresses:
   * a school or a mobile network is many people behind one.
   */
  person: { name: "person", limit: 100, windowSeconds: 60 },
} as const satisfies Record<Exclude<RouteLimit, "skip"> | "default" | "person", LimitPolicy>;

/**
 * Limits that handlers take by themselves, since the gate cannot know by whom or what they count. All but the last
 * count attempts that failed: one that succeeds gives its token back.
 */
export const handlerPolicies = {
  /**
   * Passwords given for one account by anybody, wherever from: 40 an hour is less than half of what OWASP's ASVS
   * (2.2.1) allows.
   */
  account: { name: "account", limit: 10, windowSeconds: 900 },
  /** Passwords given for one account from a browser that has signed in to it before (device-cookie.ts). */
  device: { name: "device", limit: 10, windowSeconds: 900 },
  /** Passwords given from one address, for whatever accounts. Many people may be behind it. */
  address: { name: "address", limit: 100, windowSeconds: 3_600 },
  /** Passwords given again by who is signed in: a stolen session must not become a stolen account. */
  session: { name: "session", limit: 10, windowSeconds: 900 },
  /** Messages to one Telegram bot. */
  telegram: { name: "telegram", limit: 10, windowSeconds: 1 },
} as const satisfies Record<string, LimitPolicy>;

interface PolicyRow {
  /** `:name` is one segment, a trailing `*` any rest. Also the route's name in keys: never the raw path. */
  pattern: string;
  policy: RouteLimit | "default";
  /** Any, unless said. */
  method?: string;
  /** Who is signed in is counted like a stranger, by address: at doors, where an account is what one comes for. */
  by?: "address";
}

/** The first row that fits decides. What a route wants it says itself, in its spec (`npm run openapi`). */
const policyTable: readonly PolicyRow[] = [
  // A CDN answers these, and where there is none the matcher in middleware.ts lets most of them by.
  { pattern: "/_next/static/*", policy: "skip" },
  ...routeRows,
  // What no route takes. A spelling of a path that this table does not see through is no way around a password's limit.
  { pattern: "/api/auth/*", policy: "strict", by: "address" },
  { pattern: "/api/*", policy: "default" },
  // All pages are one: a limit for each would be one more for every page that is added.
  { pattern: "/*", policy: "default" },
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

/** What holds for a request. */
interface PolicyMatch {
  /** Under which it was found. */
  pattern: string;
  /** Null where no limit holds. */
  policy: LimitPolicy | null;
  /** Signed in or not, it is counted by address. */
  by?: "address";
}

export function findPolicy(pathname: string, method = "GET"): PolicyMatch {
  const path = normalizePath(pathname);
  // Next answers HEAD with the handler of GET.
  const effectiveMethod = method === "HEAD" ? "GET" : method;
  const row = compiledTable.find(
    ({ expression, method: rowMethod }) =>
      (rowMethod === undefined || rowMethod === effectiveMethod) && expression.test(path),
  );
  return row ?? { pattern: "/*", policy: policies.default };
}

/** The row that holds for a person over all routes together, under the pattern `*`. */
export const personPolicy: LimitPolicy = policies.person;

/** The path as the router reads it: `/api/auth/%73ign-in/` is `/api/auth/sign-in`, and as strict. */
function normalizePath(pathname: string): string {
  let path = pathname;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    // The router will refuse it; until then it counts as it stands.
  }
  return path.replace(/\/{2,}/g, "/").replace(/(.)\/$/, "$1");
}
