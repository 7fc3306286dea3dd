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
} as const satisfies Record<string, Policy>;

interface Row {
  /** `:name` is one segment, a trailing `*` any rest. Also the route's name in keys: never the raw path. */
  pattern: string;
  /** `skip` is for callers that prove themselves: a signature or a secret. */
  policy: keyof typeof policies | "skip";
}

/** The first row that fits decides. */
const table: readonly Row[] = [
  { pattern: "/api/qstash/:queue", policy: "skip" },
  { pattern: "/api/cron/:job", policy: "skip" },
  { pattern: "/api/auth/sign-in", policy: "strict" },
  { pattern: "/api/auth/sign-up", policy: "strict" },
  { pattern: "/api/test-integration", policy: "strict" },
  { pattern: "/api/posts/sync-views", policy: "strict" },
  { pattern: "/api/posts/view", policy: "default" },
  { pattern: "/api/posts/views-batch", policy: "default" },
  { pattern: "/api/posts/:id", policy: "default" },
  { pattern: "/api/*", policy: "default" },
  { pattern: "/*", policy: "default" },
];

const compiled = table.map(({ pattern, policy }) => ({
  pattern,
  policy: policy === "skip" ? null : policies[policy],
  expression: new RegExp(
    `^${pattern
      .replace(/[.+?^${}()|[\]\\]/g, "\\$&")
      .replace(/:\w+/g, "[^/]+")
      .replace(/\*$/, ".*")}$`,
  ),
}));

/** The policy for a path and the pattern it was found under; `policy` is null where no limit holds. */
export function policyFor(pathname: string): { pattern: string; policy: Policy | null } {
  const row = compiled.find(({ expression }) => expression.test(pathname));
  return row ?? { pattern: "/*", policy: policies.default };
}

export const allPolicies: readonly Policy[] = Object.values(policies);
