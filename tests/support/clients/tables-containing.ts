import { db } from "@/lib/db";
import { inventory } from "@/lib/privacy/inventory";

/** Every table with the text in any column of a row, as `Table: rows`. */
export async function tablesContaining(text: string): Promise<string[]> {
  const counts = Object.keys(inventory).map(
    (table) =>
      `SELECT '${table}' AS name, count(*)::int AS n FROM "${table}" AS r WHERE position($1 IN r::text) > 0`,
  );
  const tables = await db().$queryRawUnsafe<{ name: string; n: number }[]>(counts.join(" UNION ALL "), text);
  return tables.flatMap(({ name, n }) => (n > 0 ? [`${name}: ${n}`] : [])).sort();
}
