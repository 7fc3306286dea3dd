import { Client, escapeIdentifier, escapeLiteral } from "pg";
import { z } from "zod";

/**
 * Settings of the app's role in its database, written with `ALTER ROLE … IN DATABASE … SET`, so that every connection
 * has them from its start, through any pooler. A pooler in transaction mode refuses or loses them as start-up
 * parameters, and a `SET` would reach another client's connection.
 *
 * The server must give up before its caller does: a statement that outlives its caller keeps its connection, and may
 * commit after the caller was answered that it failed. So each limit is shorter than the next one:
 * `lock_timeout`, `statement_timeout`, the client's own (`STATEMENT_LIMIT_MS` in lib/db/pool.ts).
 */
export const ROLE_SETTINGS = {
  /** Prisma sends and reads times without their zone. */
  timezone: "UTC",
  /** Work that needs longer sets its own limit (`transaction` with `timeoutMs`). */
  statement_timeout: "8s",
  lock_timeout: "5s",
  /** Longer than a transaction of the app (10 s): ends those of an instance that was frozen or lost. */
  idle_in_transaction_session_timeout: "15s",
  /** The app's statements read few rows; compiling one whose cost is overestimated takes half a second. */
  jit: "off",
} as const;

type SettingName = keyof typeof ROLE_SETTINGS;
const SETTING_NAMES = Object.keys(ROLE_SETTINGS) as SettingName[];

/** A setting that a new connection of the app does not have as it should. */
export interface WrongSetting {
  name: SettingName;
  /** As Postgres shows it; `0` is no limit. */
  value: string;
  expected: string;
}

/** Rows of {@link READ_SETTINGS_SQL}. */
export const settingRowsSchema = z.array(
  z.object({ name: z.string(), value: z.string(), milliseconds: z.number() }),
);

/** Reads the settings of a connection: name, displayed value, and for a time limit its milliseconds. */
export const READ_SETTINGS_SQL = `
SELECT name, current_setting(name) AS value,
  CASE WHEN unit = 'ms' THEN setting::float8 ELSE 0 END AS milliseconds
FROM pg_settings WHERE name IN ('TimeZone', ${SETTING_NAMES.map((name) => `'${name}'`).join(", ")})`;

/** A limit may be shorter than ours, but not longer or missing. */
export function findWrongSettings(rows: z.infer<typeof settingRowsSchema>): WrongSetting[] {
  return SETTING_NAMES.flatMap((name) => {
    const expected = ROLE_SETTINGS[name];
    const row = rows.find((candidate) => candidate.name.toLowerCase() === name);
    const value = row?.value ?? "unknown";
    return isRight(name, value, row?.milliseconds ?? 0) ? [] : [{ name, value, expected }];
  });
}

function isRight(name: SettingName, value: string, milliseconds: number): boolean {
  if (name === "timezone") return /^(Etc\/)?(UTC|UCT|GMT|Zulu)$/i.test(value);
  const expected = ROLE_SETTINGS[name];
  if (name === "jit") return value === expected;
  return milliseconds > 0 && milliseconds <= Number.parseInt(expected, 10) * 1_000;
}

/**
 * Writes the settings for the role of `databaseUrl` in its database. Safe to repeat. Open connections keep the settings
 * that they started with: the app renews its own within minutes, a pooler on its command.
 *
 * @param databaseUrl  the app's address, which may lead through a pooler
 * @param directUrl    an address of the same server without a pooler. Its role is the same, or may alter it.
 * @returns which role was altered, in which database
 * @throws when a server cannot be reached, or the role of `directUrl` may not alter the app's role
 */
export async function prepareRole(
  databaseUrl: string,
  directUrl: string,
): Promise<{ role: string; database: string }> {
  // Asked, as the user of a pooler's address may be the role's name with more in it.
  const { role, database } = await withClient(databaseUrl, async (client) => {
    const { rows } = await client.query("SELECT current_user AS role, current_database() AS database");
    return z.object({ role: z.string(), database: z.string() }).parse(rows[0]);
  });
  const target = `ALTER ROLE ${escapeIdentifier(role)} IN DATABASE ${escapeIdentifier(database)}`;
  await withClient(directUrl, async (client) => {
    for (const name of SETTING_NAMES) {
      await client.query(`${target} SET ${name} = ${escapeLiteral(ROLE_SETTINGS[name])}`);
    }
  });
  return { role, database };
}

async function withClient<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
