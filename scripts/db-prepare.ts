import "./load-env";
import { envSchema, readEnv } from "@/lib/core/env";
import { prepareRole } from "@/lib/db";

/**
 * `npm run db:prepare`: gives the app's role the time zone and the time limits that the app relies on. It reads
 * `DATABASE_URL`, whose role is prepared, and `DIRECT_URL`, on which that is done. Run it after each change of the role.
 */
const parsed = envSchema.pick({ DATABASE_URL: true, DIRECT_URL: true }).safeParse(readEnv(process.env));
if (!parsed.success) throw new Error(parsed.error.issues.map(describe).join("\n"));
const { DATABASE_URL: databaseUrl, DIRECT_URL: directUrl = databaseUrl } = parsed.data;

const { role, database } = await prepareRole(databaseUrl, directUrl);
console.log(`Role ${role} is prepared for ${database}.`);
if (directUrl !== databaseUrl)
  console.log(
    "Connections that a pooler has open keep their old settings: let it reconnect (PgBouncer: RECONNECT).",
  );

function describe({ path, message }: { path: PropertyKey[]; message: string }): string {
  return `${path.join(".")}: ${message}`;
}
