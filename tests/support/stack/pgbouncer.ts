import { access, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { Client } from "pg";
import { spawnGuarded } from "@/local/process/spawn-guarded";
import { asServerUser, createServerFolder, freePort, waitUntilReady } from "./real-postgres";

export interface Pooler {
  /** The server's URL through the pooler. */
  url: string;
  /** Ends the connections that it has open, as its command RECONNECT. */
  reconnect(): Promise<void>;
  stop(): Promise<void>;
}

/** Debian's path; its folder is not on the PATH of ordinary users. */
const PGBOUNCER = "/usr/sbin/pgbouncer";

/**
 * Starts Debian's PgBouncer in transaction mode in front of a Postgres, with the defaults that matter: it refuses
 * start-up parameters that it does not know, and resets nothing between two clients of a connection.
 *
 * @param serverUrl  the Postgres; every database of it can be reached through the pooler
 */
export async function startPgBouncer(serverUrl: string): Promise<Pooler> {
  await access(PGBOUNCER).catch(() => {
    throw new Error("This run needs Debian's pgbouncer: apt-get install pgbouncer");
  });
  const { hostname, port: serverPort, username } = new URL(serverUrl);
  const folder = await createServerFolder("pgbouncer");
  const port = await freePort();
  const file = path.join(folder, "pgbouncer.ini");
  await writeFile(
    file,
    `[databases]
* = host=${hostname} port=${serverPort} user=${username}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
admin_users = ${username}
pool_mode = transaction
default_pool_size = 20
max_client_conn = 500
`,
  );
  const [command, args] = asServerUser(PGBOUNCER, ["--quiet", file]);
  const server = await spawnGuarded({ command, args, stopSignal: "SIGINT" });
  const url = new URL(serverUrl);
  url.host = `127.0.0.1:${port}`;
  await waitUntilReady(url.toString());
  return {
    url: url.toString(),
    reconnect: async () => {
      // PgBouncer's console is a database that speaks the simple protocol only.
      const console = new URL(url);
      console.pathname = "/pgbouncer";
      const client = new Client({ connectionString: console.toString() });
      await client.connect();
      await client.query("RECONNECT");
      await client.end();
    },
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
