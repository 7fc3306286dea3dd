import { readFile } from "node:fs/promises";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import { Client } from "pg";
import { expect, it } from "vitest";
import { applyMigrations } from "@/local/postgres/migrate";
import { loadSchemaEngine } from "@/tests/support/stack/schema-engine";

const SCHEMA = "prisma/schema.prisma";

/** The SQL that Prisma generates for the schema on an empty database. */
async function sqlOfSchema(): Promise<string> {
  const content = await readFile(SCHEMA, "utf8");
  const SchemaEngine = await loadSchemaEngine();
  const engine = await SchemaEngine.new(
    { datamodels: [[SCHEMA, content]] },
    () => {},
    bindMigrationAwareSqlAdapterFactory(new PrismaPg({ connectionString: process.env.DATABASE_URL })),
  );
  const { stdout } = await engine.diff({
    from: { tag: "empty" },
    to: { tag: "schemaDatamodel", files: [{ path: SCHEMA, content }] },
    script: true,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  });
  return stdout ?? "";
}

/** Everything in a schema that Prisma knows of (no partial indexes and no expressions), as text without the schema's name. */
async function describeSchema(client: Client, schema: string): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(
    `SELECT format('column %s.%s %s null=%s default=%s', table_name, column_name, udt_name, is_nullable, column_default) AS line
       FROM information_schema.columns WHERE table_schema = $1 AND table_name <> '_prisma_migrations'
     UNION ALL SELECT format('index %s', pg_get_indexdef(indexrelid)) FROM pg_index JOIN pg_class t ON t.oid = indrelid
       WHERE relnamespace = $1::regnamespace AND relname <> '_prisma_migrations'
         -- Prisma can state neither indexes over expressions nor partial ones.
         AND indexprs IS NULL AND indpred IS NULL
     UNION ALL SELECT format('key %s %s', conname, pg_get_constraintdef(c.oid)) FROM pg_constraint c
       WHERE connamespace = $1::regnamespace AND contype = 'f'
     UNION ALL SELECT format('enum %s.%s', typname, enumlabel) FROM pg_enum e JOIN pg_type t ON t.oid = enumtypid
       WHERE typnamespace = $1::regnamespace`,
    [schema],
  );
  return rows.map(({ line }) => line.replaceAll(`${schema}.`, "")).sort();
}

it("the migrations create exactly the schema", async () => {
  const client = new Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  try {
    const sql = await sqlOfSchema();
    expect(sql).toContain("CREATE TABLE");
    await client.query("BEGIN");
    await client.query("CREATE SCHEMA expected; SET LOCAL search_path = expected");
    await client.query(sql.replace(/^CREATE SCHEMA.*$/m, ""));
    const expected = await describeSchema(client, "expected");
    await client.query("SET LOCAL search_path = public");
    expect(await describeSchema(client, "public")).toEqual(expected);
    expect(expected.length).toBeGreaterThan(20);
  } finally {
    await client.query("ROLLBACK");
    await client.end();
  }
});

it("applying them again does nothing", async () => {
  expect(await applyMigrations(process.env.DIRECT_URL ?? process.env.DATABASE_URL ?? "")).toEqual([]);
});
