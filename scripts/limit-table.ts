import { readdir } from "node:fs/promises";
import path from "node:path";
import type { RouteLimit } from "@/lib/core/http";
import type { DocumentedRoute } from "./openapi-document";

const APP_DIR = path.resolve(import.meta.dirname, "../app");

export const LIMIT_TABLE_FILE = "lib/rate-limit/routes.generated.ts";

interface Row {
  /** In the gate's form: `/api/posts/:id`. */
  pattern: string;
  method?: string;
  policy: RouteLimit | "default";
  by?: "address";
}

/**
 * A public route with a strict limit counts by address alone: otherwise an attacker could create accounts and get a
 * new limit with each.
 */
function isLimitedByAddress({ auth, limit }: DocumentedRoute["spec"]): boolean {
  return auth === "public" && limit === "strict";
}

/**
 * The gate's rows for these routes: one for each path, and one more for each method with its own limit. Fixed path
 * segments come before parameters: the first row that matches decides.
 */
export function limitRows(routes: readonly DocumentedRoute[]): Row[] {
  const byPath = new Map<string, Row[]>();
  for (const { path: name, method, spec } of routes) {
    const pattern = name.replace(/\{(\w+)\}/g, ":$1");
    byPath.set(pattern, [
      ...(byPath.get(pattern) ?? []),
      {
        pattern,
        method,
        policy: spec.limit ?? "default",
        ...(isLimitedByAddress(spec) ? { by: "address" as const } : {}),
      },
    ]);
  }
  const rows = [...byPath].flatMap(([pattern, methodRows]) => {
    const [first] = methodRows;
    if (first && methodRows.every(({ policy, by }) => policy === first.policy && by === first.by)) {
      const { method: _, ...row } = first;
      return [row];
    }
    // Methods that the route does not have are cheap to answer.
    const defaultRow: Row = { pattern, policy: "default" };
    return [...methodRows.filter(({ policy }) => policy !== "default"), defaultRow];
  });
  return rows.sort(compareRows);
}

function compareRows(a: Row, b: Row): number {
  return sortKey(a.pattern) < sortKey(b.pattern) ? -1 : 1;
}

/** Parameters sort last among their siblings: `~` sorts after every letter. */
function sortKey(pattern: string): string {
  return pattern.replace(/\/:/g, "/~");
}

/** Rows for the handlers that are not part of the API, from their folders: `/r/:code`. */
export async function nonApiRows(): Promise<Row[]> {
  const files = await readdir(APP_DIR, { recursive: true });
  return files
    .filter((file) => /(^|\/)route\.ts$/.test(file) && !file.startsWith("api/"))
    .map((file) => path.dirname(file).split(path.sep))
    .filter((segments) => !segments.some((segment) => segment.startsWith("_")))
    .map((segments) => segments.filter((segment) => !/^\(.*\)$/.test(segment)))
    .map((segments) => `/${segments.map((segment) => segment.replace(/^\[(\w+)\]$/, ":$1")).join("/")}`)
    .map((pattern): Row => ({ pattern, policy: "default" }))
    .sort(compareRows);
}

/** The source of the file that the gate imports, since the edge cannot load the routes themselves. */
export async function limitTable(routes: readonly DocumentedRoute[]): Promise<string> {
  const rows = [...limitRows(routes), ...(await nonApiRows())].map(({ pattern, method, policy, by }) => {
    const methodField = method ? `method: "${method}", ` : "";
    const byField = by ? `, by: "${by}"` : "";
    return `  { pattern: "${pattern}", ${methodField}policy: "${policy}"${byField} },\n`;
  });
  return `/** What each route says of its limit (\`limit\` in its spec). Written by \`npm run openapi\`: not to be edited. */
export const routeRows = [
${rows.join("")}] as const;
`;
}
