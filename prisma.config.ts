import { defineConfig } from "prisma/config";

// `prisma generate` needs no schema engine, but the CLI would download one first. The path of any existing file
// prevents the download. `prisma migrate` needs the engine, so it is not affected.
if (process.argv.includes("generate")) process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations", seed: "tsx prisma/seed.ts" },
  datasource: { url: process.env.DATABASE_URL ?? "" },
});
