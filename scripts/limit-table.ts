import { readdir } from "node:fs/promises";
import path from "node:path";
import type { RouteLimit } from "@/lib/core/http";
import type { DocumentedRoute } from "./openapi-document";

const APP = path.resolve(import.meta.dirname, "../app");

export const LIMIT_TABLE_FILE = "lib/rate-limit/routes.generated.ts";

interface Row {
  /** As the gate writes it: `/api/posts/:id`. */
  pattern: string;
  method?: string;
  policy: RouteLimit | "default";
  by?: "address";
}

/**
 * A door that anybody may try, and nobody often, counts by address alone: whoever makes accounts would otherwise bring
 * an allowance of its own for each, and try as often as they like.
 */
function isDoor({ auth, limit }: DocumentedRoute["spec"]): boolean {
  return auth === "public" && limit === "strict";
}

/**
 * The gate's rows for these routes: one for each path, and one more for each method that is limited in a way of its
 * own. What is fixed in a path comes before what is not: the first row that fits decides.
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
        ...(isDoor(spec) ? { by: "address" as const } : {}),
      },
    ]);
  }
  const rows = [...byPath].flatMap(([pattern, said]) => {
    const [first] = said;
    if (first && said.every(({ policy, by }) => policy === first.policy && by === first.by)) {
      const { method: _, ...row } = first;
      return [row];
    }
    // A method that the route does not have is answered with little work.
    const others: Row = { pattern, policy: "default" };
    return [...said.filter(({ policy }) => policy !== "default"), others];
  });
  return rows.sort((a, b) => (rank(a.pattern) < rank(b.pattern) ? -1 : 1));
}

/** `:` stands for anything, so it comes last among its neighbours: `~` is behind every letter. */
function rank(pattern: string): string {
  return pattern.replace(/\/:/g, "/~");
}

/** The paths of handlers that are not part of the API, from their folders: `/r/:code`. */
export async function otherHandlers(): Promise<Row[]> {
  const files = await readdir(APP, { recursive: true });
  return files
    .filter((file) => /(^|\/)route\.ts$/.test(file) && !file.startsWith("api/"))
    .map((file) => path.dirname(file).split(path.sep))
    .filter((segments) => !segments.some((segment) => segment.startsWith("_")))
    .map((segments) => segments.filter((segment) => !/^\(.*\)$/.test(segment)))
    .map((segments) => `/${segments.map((segment) => segment.replace(/^\[(\w+)\]$/, ":$1")).join("/")}`)
    .map((pattern): Row => ({ pattern, policy: "default" }));
}

/** The table as the file that the gate imports: at the edge it cannot load the routes themselves. */
export async function limitTable(routes: readonly DocumentedRoute[]): Promise<string> {
  const rows = [...limitRows(routes), ...(await otherHandlers())].map(({ pattern, method, policy, by }) => {
    const only = method ? `method: "${method}", ` : "";
    const whom = by ? `, by: "${by}"` : "";
    return `  { pattern: "${pattern}", ${only}policy: "${policy}"${whom} },\n`;
  });
  return `/** What each route says of its limit (\`limit\` in its spec). Written by \`npm run openapi\`: not to be edited. */
export const routeRows = [
${rows.join("")}] as const;
`;
}
