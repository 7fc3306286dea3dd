import { ensurePrismaClient } from "../local/stack/prisma-client";

/** Generates the Prisma client unless it matches the schema already, so that parallel test runs do not repeat it. */
await ensurePrismaClient(console.log);
