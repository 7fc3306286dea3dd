import { once } from "node:events";
import path from "node:path";
import { type Child, startChild } from "@/tests/support/processes/children";
import type { TcpBalancer } from "@/tests/support/proxies/tcp-balancer";

/** Additional instances of the app in child processes. An instance that dies is replaced. */
export interface Instances {
  /** How many ended before `stop`: they were killed, or died at a failpoint. */
  readonly deaths: number;
  kill(index: number): void;
  /** Ends the faults inside them. */
  stopChaos(): void;
  stop(): Promise<void>;
}

/** Probability that passing a failpoint kills the instance. */
const KILL_PROBABILITY = 0.0005;

/** An instance may be killed while it starts; this many failed starts in a row mean that none can start. */
const MAX_FAILED_STARTS = 5;

export async function startInstances(count: number, balancer: TcpBalancer, seed: number): Promise<Instances> {
  const running = new Map<number, Child>();
  let deaths = 0;
  let startCount = 0;
  let stopping = false;
  let chaosStopped = false;
  let failedStarts = 0;

  async function keepRunning(index: number, onReady: () => void): Promise<void> {
    while (!stopping) {
      startCount += 1;
      const child = startChild(path.join(import.meta.dirname, "instance-process.ts"), [
        String(seed + startCount),
        String(chaosStopped ? 0 : KILL_PROBABILITY),
      ]);
      running.set(index, child);
      const readyMessage = once(child.process, "message").then(([message]) => message as { port: number });
      const outcome = await Promise.race([readyMessage, child.ended]);
      if (typeof outcome === "object") {
        failedStarts = 0;
        if (chaosStopped) child.process.send("stop-chaos", () => {});
        const detach = balancer.add(outcome.port);
        onReady();
        await child.ended;
        detach();
      } else if (!stopping && ++failedStarts >= MAX_FAILED_STARTS) {
        throw new Error(
          `${MAX_FAILED_STARTS} instances in a row ended before they listened, the last with ${outcome}`,
        );
      }
      if (!stopping) deaths += 1;
    }
  }

  let supervision: Promise<unknown> = Promise.resolve();
  await new Promise<void>((resolve, reject) => {
    let startingCount = count;
    if (count === 0) resolve();
    supervision = Promise.all(
      Array.from({ length: count }, (_, index) =>
        keepRunning(index, () => {
          startingCount -= 1;
          if (startingCount === 0) resolve();
        }),
      ),
    );
    supervision.catch(reject);
  });
  return {
    get deaths() {
      return deaths;
    },
    kill: (index) => void running.get(index)?.process.kill("SIGKILL"),
    stopChaos: () => {
      chaosStopped = true;
      for (const { process } of running.values()) if (process.connected) process.send("stop-chaos", () => {});
    },
    stop: async () => {
      stopping = true;
      for (const { process } of running.values()) process.kill("SIGKILL");
      await supervision;
    },
  };
}
