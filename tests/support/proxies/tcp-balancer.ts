import { startTcpProxy } from "./tcp-proxy";

/** One address in front of all instances of the app: QStash and the payment provider know no other. */
export interface TcpBalancer {
  readonly port: number;
  /** New connections go there too. @returns what takes it away */
  add(port: number): () => void;
  close(): Promise<void>;
}

/** Takes turns by connection. An instance that is gone refuses, and its callers are cut off. */
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
