import { db } from "@/lib/db";
import { inventory } from "@/lib/privacy/inventory";

/** Every table that has the text in any column of a row, as `Table: rows`. */
export async function whereIs(text: string): Promise<string[]> {
  const found: string[] = [];
  for (const table of Object.keys(inventory)) {
    const rows = await db().$queryRawUnsafe<{ n: number }[]>(
      `SELECT count(*)::int AS n FROM "${table}" AS r WHERE r::text LIKE '%' || $1 || '%'`,
      text,
    );
    if (rows[0]?.n) found.push(`${table}: ${rows[0].n}`);
  }
  return found.sort();
}
