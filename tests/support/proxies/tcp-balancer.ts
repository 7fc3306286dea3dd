import { startTcpProxy } from "./tcp-proxy";

/** One address in front of all instances of the app, for QStash and the payment provider. */
export interface TcpBalancer {
  readonly port: number;
  /** Adds a target for new connections. @returns a function that removes it */
  add(port: number): () => void;
  close(): Promise<void>;
}

/** Round robin by connection. An instance that has exited refuses the connection, and its client is cut off. */
export async function startTcpBalancer(): Promise<TcpBalancer> {
  const targets: number[] = [];
  let nextIndex = 0;
  const { port, close } = await startTcpProxy((client, dial) => {
    const next = targets[nextIndex++ % Math.max(1, targets.length)];
    if (next === undefined) client.destroy();
    else client.pipe(dial({ host: "127.0.0.1", port: next })).pipe(client);
  });
  return {
    ...{ port, close },
    add: (target) => {
      targets.push(target);
      return () => {
        const index = targets.indexOf(target);
        if (index >= 0) targets.splice(index, 1);
      };
    },
  };
}
