import { readdirSync } from "node:fs";
import path from "node:path";
import type { Client } from "pg";
import { newId } from "@/lib/core/ids";

/** The path of every page, with `[parameters]`. Read from the folder, so that new pages are included. */
export function pagePatterns(): string[] {
  return readdirSync("app", { recursive: true, encoding: "utf8" })
    .filter((file) => path.basename(file) === "page.tsx")
    .map((file) => path.dirname(file).split(path.sep))
    .map((folders) => `/${folders.filter((name) => name !== "." && !name.startsWith("(")).join("/")}`)
    .sort();
}

/** Of what a parameter names, by the pattern up to it. */
const TABLES: Readonly<Record<string, string>> = {
  "/bots/[botId]": "BotProject",
  "/bots/[botId]/runs/[id]": "BotExecution",
  "/chat/[id]": "Chat",
  "/posts/[id]": "Post",
  "/shop/[id]": "Product",
  "/orders/[id]": "Order",
  "/u/[handle]": "User",
  "/tags/[tag]": "PostTag",
  "/admin/people/[id]": "User",
  "/admin/tasks/[id]": "Task",
};

/** Of parameters that are no ids. */
const COLUMNS: Readonly<Record<string, string>> = { "[handle]": "handle", "[tag]": "tag" };

/** A page's path with the parameters of the oldest rows, which are demo data. @throws for a parameter without a table */
export async function demoPath(database: Client, pattern: string): Promise<string> {
  // Groups of the API reference are in no table.
  let filled = pattern.replace("[group]", "posts");
  for (const { 0: parameter, index } of filled.matchAll(/\[\w+\]/g)) {
    const table = TABLES[pattern.slice(0, index + parameter.length)];
    if (!table) throw new Error(`add the table of ${pattern} to ${path.basename(import.meta.filename)}`);
    const column = COLUMNS[parameter] ?? "id";
    const { rows } = await database.query(`SELECT ${column} AS value FROM "${table}" ORDER BY 1 LIMIT 1`);
    // Without an order the page shows its not-found state.
    filled = filled.replace(parameter, encodeURIComponent(rows[0]?.value ?? newId()));
  }
  return filled;
}
