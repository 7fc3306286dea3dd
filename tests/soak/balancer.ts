import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** One address in front of all instances of the app: QStash and the payment provider know no other. */
export interface Balancer {
  readonly port: number;
  /** New connections go there too. @returns what takes it away */
  add(port: number): () => void;
  close(): Promise<void>;
}

/** Takes turns by connection. An instance that is gone refuses, and its callers are cut off. */
export async function startBalancer(): Promise<Balancer> {
  const targets: number[] = [];
  const open = new Set<Socket>();
  let turn = 0;
  const server = createServer({ noDelay: true }, (client) => {
    const target = targets[turn++ % Math.max(1, targets.length)];
    if (target === undefined) return client.destroy();
    const instance = connect({ port: target, host: "127.0.0.1", noDelay: true });
    for (const [one, other] of [
      [client, instance],
      [instance, client],
    ] as const) {
      open.add(one);
      one.on("error", () => one.destroy());
      one.once("close", () => {
        open.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("no port");
  return {
    port: address.port,
    add: (port) => {
      targets.push(port);
      return () => {
        const at = targets.indexOf(port);
        if (at >= 0) targets.splice(at, 1);
      };
    },
    close: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
