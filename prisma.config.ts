import { defineConfig } from "prisma/config";
import { readEnv } from "./lib/core/env";

// `prisma generate` needs no schema engine, but the CLI would download one first. The path of any existing file
// prevents the download. `prisma migrate` needs the engine, so it is not affected.
if (process.argv.includes("generate")) process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

const { DATABASE_URL, DIRECT_URL = DATABASE_URL } = readEnv(process.env);

/** A migration may take longer than the app's role allows a statement (lib/db/role-settings.ts). */
function withoutStatementTimeout(address: string): string {
  const url = new URL(address);
  const options = url.searchParams.get("options");
  url.searchParams.set("options", `${options ? `${options} ` : ""}-c statement_timeout=0`);
  return url.toString();
}

export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations", seed: "tsx prisma/seed.ts" },
  datasource: { url: DIRECT_URL ? withoutStatementTimeout(DIRECT_URL) : "" },
});
