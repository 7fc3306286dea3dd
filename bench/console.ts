import { cpus } from "node:os";
import { startBackends } from "./backends";

/**
 * `npm run bench:console` prints what each page of the console reads, with a million tasks, views and events in Postgres:
 * its time at the server and its statements. The target is 300 ms.
 */

const backends = await startBackends();
Object.assign(process.env, backends.env, {
  DATABASE_URL: backends.databaseUrl,
  DIRECT_URL: backends.databaseUrl,
  LOG_LEVEL: "error",
  UPSTASH_REDIS_MONTHLY_COMMANDS: "100000000",
  QSTASH_DAILY_MESSAGES: "1000000",
});
try {
  console.log(`${backends.description}; Node ${process.version}; ${cpus().length} cores\n`);
  const { measureConsolePages } = await import("./console-pages");
  await measureConsolePages(backends.databaseUrl);
} finally {
  await backends.stop();
}
process.exit(0);
