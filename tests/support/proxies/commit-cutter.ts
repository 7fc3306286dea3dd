import type { Socket } from "node:net";
import { startPostgresProxy } from "./tcp-proxy";

/** A proxy between the app and Postgres that cuts the connection on which a COMMIT was just sent. */
export interface CommitCutter {
  /** The database's URL through the cutter. */
  readonly url: string;
  /** Commits whose response was cut off. */
  readonly cuts: number;
  /** Forwards the next `count` commits and cuts off their responses. */
  arm(count: number): void;
  close(): Promise<void>;
}

/** The URL must contain `sslmode=disable`. */
export async function startCommitCutter(databaseUrl: string): Promise<CommitCutter> {
  let armed = 0;
  let cuts = 0;
  const forward = (client: Socket, dial: () => Socket) => {
    const backend = dial();
    client.on("data", (chunk: Buffer) => {
      backend.write(chunk);
      if (armed === 0 || !chunk.includes("COMMIT")) return;
      armed -= 1;
      cuts += 1;
      // Once Postgres replies, all connections see what was committed. The client gets nothing of the reply.
      backend.unpipe(client);
      backend.once("data", () => {
        client.destroy();
        backend.end();
      });
      backend.resume();
    });
    client.once("close", () => backend.end());
    backend.pipe(client);
  };
  const { url, close } = await startPostgresProxy(databaseUrl, forward, { outlivesClient: true });
  return {
    ...{ url, close },
    get cuts() {
      return cuts;
    },
    arm: (count) => {
      armed = count;
    },
  };
}
