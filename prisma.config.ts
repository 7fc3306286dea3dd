import { defineConfig } from "prisma/config";

// `prisma generate` needs no schema engine, but the CLI tries to download one first. Naming any
// existing file keeps it from asking the network; `prisma migrate` really needs the engine and is left alone.
if (process.argv.includes("generate")) process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations", seed: "tsx prisma/seed.ts" },
  datasource: { url: process.env.DATABASE_URL ?? "" },
});
