/** How much one caller may ask of one route. */
export interface Policy {
  name: string;
  limit: number;
  windowSeconds: number;
}

const policies = {
  default: { name: "default", limit: 100, windowSeconds: 60 },
  /** Guessing passwords and starting expensive work. */
  strict: { name: "strict", limit: 10, windowSeconds: 60 },
  /**
   * What one signed-in person may ask of all routes together, beside the route's own row. Not for addresses:
   * a school or a mobile network is many people behind one.
   */
  person: { name: "person", limit: 100, windowSeconds: 60 },
} as const satisfies Record<string, Policy>;

interface Row {
  /** `:name` is one segment, a trailing `*` any rest. Also the route's name in keys: never the raw path. */
  pattern: string;
  /**
   * `skip` is for callers that prove themselves, by a signature or a secret, and for the build's public
   * files. (Most of those never get here: see the matcher in middleware.ts.)
   */
  policy: "default" | "strict" | "skip";
  /** Any, unless said. */
  method?: "POST";
}

/** The first row that fits decides. */
const table: readonly Row[] = [
  { pattern: "/_next/static/*", policy: "skip" },
  { pattern: "/api/qstash/:queue", policy: "skip" },
  { pattern: "/api/cron/:job", policy: "skip" },
  { pattern: "/api/webhooks/payments", policy: "skip" },
  { pattern: "/api/orders", method: "POST", policy: "strict" },
  { pattern: "/api/auth/sign-in", policy: "strict" },
  { pattern: "/api/auth/sign-up", policy: "strict" },
  { pattern: "/api/auth/sign-out", policy: "default" },
  { pattern: "/api/auth/*", policy: "strict" },
  { pattern: "/api/test-integration", policy: "strict" },
  { pattern: "/api/posts/sync-views", policy: "strict" },
  { pattern: "/api/posts/view", policy: "default" },
  { pattern: "/api/posts/views-batch", policy: "default" },
  { pattern: "/api/posts/:id", policy: "default" },
  { pattern: "/api/analytics/events", policy: "default" },
  { pattern: "/api/*", policy: "default" },
  { pattern: "/*", policy: "default" },
];

const compiled = table.map(({ pattern, policy, method }) => ({
  pattern: method ? `${method} ${pattern}` : pattern,
  method,
  policy: policy === "skip" ? null : policies[policy],
  expression: new RegExp(
    `^${pattern
      .replace(/[.+?^${}()|[\]\\]/g, "\\$&")
      .replace(/:\w+/g, "[^/]+")
      .replace(/\*$/, ".*")}$`,
    "s",
  ),
}));

/** The policy for a request and the pattern it was found under; `policy` is null where no limit holds. */
export function policyFor(pathname: string, method = "GET"): { pattern: string; policy: Policy | null } {
  const path = canonical(pathname);
  const row = compiled.find(
    ({ expression, method: only }) => (only === undefined || only === method) && expression.test(path),
  );
  return row ?? { pattern: "/*", policy: policies.default };
}

/** The row that holds for a person over all routes together, under the pattern `*`. */
export const personPolicy: Policy = policies.person;

/** The path as the router reads it: `/api/auth/%73ign-in/` is `/api/auth/sign-in`, and as strict. */
function canonical(pathname: string): string {
  let path = pathname;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    // The router will refuse it; until then it counts as it stands.
  }
  return path.replace(/\/{2,}/g, "/").replace(/(.)\/$/, "$1");
}
