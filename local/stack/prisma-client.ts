import { spawn } from "node:child_process";
import { once } from "node:events";
import { stat } from "node:fs/promises";

const SCHEMA = "prisma/schema.prisma";
const CLIENT = "lib/db/generated/client.ts";

/** Generates the Prisma client when there is none, or the schema has changed since. */
export async function ensurePrismaClient(say: (message: string) => void): Promise<void> {
  const [schema, client] = await Promise.all([stat(SCHEMA), stat(CLIENT).catch(() => null)]);
  if (client && client.mtimeMs >= schema.mtimeMs) return;
  say("Generating the Prisma client");
  const child = spawn(process.execPath, ["node_modules/prisma/build/index.js", "generate"], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`prisma generate ended with ${code}`);
}
