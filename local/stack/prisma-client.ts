import { spawn } from "node:child_process";
import { once } from "node:events";
import { stat } from "node:fs/promises";

const SCHEMA_FILE = "prisma/schema.prisma";
const CLIENT_FILE = "prisma/generated/client.ts";

/** Generates the Prisma client when it is missing or older than the schema. */
export async function ensurePrismaClient(print: (message: string) => void): Promise<void> {
  const [schema, client] = await Promise.all([stat(SCHEMA_FILE), stat(CLIENT_FILE).catch(() => null)]);
  if (client && client.mtimeMs >= schema.mtimeMs) return;
  print("Generating the Prisma client");
  const child = spawn(process.execPath, ["node_modules/prisma/build/index.js", "generate"], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`prisma generate exited with code ${code}`);
}
