import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Client } from "pg";
import { expect, it, vi } from "vitest";
import { newId } from "@/lib/core/ids";
import { log } from "@/lib/core/log";
import { disconnectDb, reportRoleSettings } from "@/lib/db";
import { findWrongSettings, READ_SETTINGS_SQL, settingRowsSchema } from "@/lib/db/role-settings";
import { startPgBouncer } from "@/tests/support/stack/pgbouncer";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();

const run = promisify(execFile);
const server = process.env.DATABASE_URL ?? "";

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

const wrongSettings = async (url: string) =>
  findWrongSettings(settingRowsSchema.parse(await query(url, READ_SETTINGS_SQL))).map(({ name }) => name);

it("npm run db:prepare gives a role its settings in one database, through a pooler in transaction mode too", async () => {
  const suffix = newId().replaceAll("-", "");
  const [role, name] = [`app_${suffix}`, `shop_${suffix}`];
  await query(server, `CREATE ROLE ${role} LOGIN`);
  await query(server, `CREATE DATABASE ${name} OWNER ${role}`);
  const direct = new URL(server);
  direct.username = role;
  direct.pathname = `/${name}`;
  const otherDatabase = new URL(direct);
  otherDatabase.pathname = "/postgres";
  const pooler = await startPgBouncer(direct.toString());
  try {
    expect(await wrongSettings(direct.toString())).toHaveLength(5);
    process.env.DATABASE_URL = direct.toString();
    const logged = vi.spyOn(log(), "error");
    await reportRoleSettings();
    // The zone is right even so: every connection of the app asks for it.
    const limits = ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"];
    const settings = [
      ...limits.map((limit) => expect.objectContaining({ name: limit, value: "0" })),
      expect.objectContaining({ name: "jit", value: "on" }),
    ];
    expect(logged).toHaveBeenCalledWith({ settings }, expect.stringContaining("npm run db:prepare"));
    logged.mockClear();
    // The role itself may do it: hosted databases have no superuser.
    const { stdout } = await run(process.execPath, ["--import", "tsx", "scripts/db-prepare.ts"], {
      env: { ...process.env, DATABASE_URL: pooler.url, DIRECT_URL: direct.toString() },
    });
    expect(stdout).toContain(`Role ${role} is prepared for ${name}.`);
    expect(await wrongSettings(direct.toString())).toEqual([]);
    expect(await wrongSettings(otherDatabase.toString())).toHaveLength(5);
    await disconnectDb();
    await reportRoleSettings();
    expect(logged).not.toHaveBeenCalled();
    await pooler.reconnect();
    expect(await wrongSettings(pooler.url)).toEqual([]);
  } finally {
    await disconnectDb();
    await pooler.stop();
    await query(server, `DROP DATABASE ${name} WITH (FORCE)`);
    await query(server, `DROP ROLE ${role}`);
  }
});
