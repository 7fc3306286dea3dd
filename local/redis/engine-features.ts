export type ServerFamily = "redis" | "valkey";
/** Major, minor, patch. */
export type ServerVersion = readonly [number, number, number];

interface Feature {
  readonly name: string;
  /** The first version that has it; null when none has. */
  readonly since: Readonly<Record<ServerFamily, ServerVersion | null>>;
}

/** Features of Upstash beyond Redis 7.0, from the command tables of both servers (`src/commands/*.json`). */
const FEATURES: readonly Feature[] = [
  { name: "HEXPIRE and other hash-field TTLs", since: { redis: [7, 4, 0], valkey: [9, 0, 0] } },
  { name: "HGETEX, HSETEX", since: { redis: [8, 0, 0], valkey: [9, 0, 0] } },
  { name: "HGETDEL", since: { redis: [8, 0, 0], valkey: [9, 1, 0] } },
  { name: "XACKDEL, XDELEX", since: { redis: [8, 2, 0], valkey: null } },
  { name: "DELEX, DIGEST", since: { redis: [8, 4, 0], valkey: null } },
  { name: "JSON and SEARCH", since: { redis: null, valkey: null } },
];

/** Features that the embedded engine (js-redis-server 0.3) lacks, found by running every command of `commands.ts`. */
export const EMBEDDED_MISSING_FEATURES: readonly string[] = [
  "HEXPIRETIME, HPEXPIRETIME",
  "XACKDEL, XDELEX",
  "DELEX, DIGEST",
  "DUMP, RESTORE",
  "MEMORY USAGE",
  "ACL CAT",
  "JSON and SEARCH",
];

/** Features of Upstash that a server of that version lacks. */
export function missingFeatures(family: ServerFamily, version: ServerVersion): string[] {
  return FEATURES.filter(({ since }) => {
    const first = since[family];
    return first === null || compareVersions(version, first) < 0;
  }).map(({ name }) => name);
}

/** Negative when `a` is older than `b`. */
export function compareVersions(a: ServerVersion, b: ServerVersion): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

/** Describes an engine in one line: its name and what it lacks. */
export function describeEngine(name: string, missing: readonly string[]): string {
  return `${name}; lacks ${missing.join(", ")}`;
}
