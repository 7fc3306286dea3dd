import { afterAll, it } from "vitest";
import { disconnectDb } from "@/lib/db";
import { expectPagesWithoutPostgres } from "@/tests/support/clients/expect-pages-without-postgres";
import { freezeClock } from "@/tests/support/clients/freeze-clock";
import { createPerson } from "@/tests/support/factories/people";
import { startFaultProxy } from "@/tests/support/proxies/fault-proxy";

// Set before anything opens a connection.
const postgres = new URL(process.env.DATABASE_URL ?? "");
const proxy = await startFaultProxy({ host: postgres.hostname, port: Number(postgres.port) });
postgres.host = `127.0.0.1:${proxy.port}`;
process.env.DATABASE_URL = postgres.toString();
/** Time (ms) that a page waits for Postgres to report pending invalidations; the wait for a connection is 3 s. */
process.env.REDIS_TIMEOUT_MS = "1000";

const clock = freezeClock();
afterAll(async () => {
  // Otherwise the next statement would use a connection that is cut.
  await disconnectDb();
  await proxy.close();
});

it.each(["hang"] as const)("cached pages are served with Postgres down (%s)", async (mode) => {
  const author = await createPerson("artist");
  await expectPagesWithoutPostgres(proxy, mode, author, (ms) => {
    clock.nowMs += ms;
  });
});
