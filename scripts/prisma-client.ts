import { ensurePrismaClient } from "../local/stack/prisma-client";

/** Generates the Prisma client where there is none for today's schema: test runs beside each other do not redo it. */
await ensurePrismaClient(console.log);
