import { once } from "node:events";
import path from "node:path";
import { type Child, startChild } from "@/tests/support/processes/children";
import type { Balancer } from "@/tests/support/proxies/tcp-balancer";

/** Further instances of the app in processes of their own. One that dies is replaced. */
export interface Instances {
  /** How many were killed, or died at a failpoint. */
  readonly deaths: number;
  kill(index: number): void;
  /** From now on nothing goes wrong inside them. */
  calm(): void;
  stop(): Promise<void>;
}

/** Of everything that passes a failpoint in them so much ends in a death. */
const KILLED = 0.0005;

/** An instance can die while it starts; several in a row cannot start at all. */
const STARTS = 5;

export async function startInstances(count: number, balancer: Balancer, seed: number): Promise<Instances> {
  const running = new Map<number, Child>();
  let deaths = 0;
  let started = 0;
  let stopping = false;
  let calm = false;
  let failedStarts = 0;

  async function keep(index: number, ready: () => void): Promise<void> {
    while (!stopping) {
      started += 1;
      const child = startChild(path.join(import.meta.dirname, "instance-process.ts"), [
        String(seed + started),
        String(calm ? 0 : KILLED),
      ]);
      running.set(index, child);
      const said = once(child.process, "message").then(([message]) => message as { port: number });
      const ready_ = await Promise.race([said, child.ended]);
      if (typeof ready_ === "object") {
        failedStarts = 0;
        if (calm) child.process.send("calm", () => {});
        const leave = balancer.add(ready_.port);
        ready();
        await child.ended;
        leave();
      } else if (!stopping && ++failedStarts >= STARTS) {
        throw new Error(`${STARTS} instances in a row ended before they listened, the last with ${ready_}`);
      }
      if (!stopping) deaths += 1;
    }
  }

  let keeping: Promise<unknown> = Promise.resolve();
  await new Promise<void>((resolve, reject) => {
    let waiting = count;
    if (count === 0) resolve();
    keeping = Promise.all(
      Array.from({ length: count }, (_, index) =>
        keep(index, () => {
          waiting -= 1;
          if (waiting === 0) resolve();
        }),
      ),
    );
    keeping.catch(reject);
  });
  return {
    get deaths() {
      return deaths;
    },
    kill: (index) => void running.get(index)?.process.kill("SIGKILL"),
    calm: () => {
      calm = true;
      for (const { process } of running.values()) if (process.connected) process.send("calm", () => {});
    },
    stop: async () => {
      stopping = true;
      for (const { process } of running.values()) process.kill("SIGKILL");
      await keeping;
    },
  };
}
