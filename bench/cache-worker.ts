import { setTimeout as delay } from "node:timers/promises";
import { type Contestant, contestants } from "./cache-contestants";
import type { Answer, ContestantName, Order } from "./cache-protocol";

/** A process of the app, for `npm run bench:cache`: does one piece of work when told to. */

const STAMPEDE = 250;
/** Long enough that every process misses before the first loader is done. */
const LOAD_MS = 50;
/** Nobody waits longer for a page. */
const PATIENCE_MS = 10_000;
const VALUE = "a value of some length, which is read far more often than it is made. ".repeat(10);

const running = new Map<ContestantName, Contestant>();

function contestant(name: ContestantName): Contestant {
  const known = running.get(name) ?? contestants[name]();
  running.set(name, known);
  return known;
}

async function obey(order: Order): Promise<Answer> {
  const answer: Answer = { loads: 0, ms: [], errors: 0 };
  const load = async () => {
    answer.loads += 1;
    return VALUE;
  };
  const timed = async (work: () => Promise<unknown>) => {
    const startedAt = performance.now();
    const late = delay(PATIENCE_MS, undefined, { ref: false });
    await Promise.race([work(), late]).catch(() => {
      answer.errors += 1;
    });
    answer.ms.push(performance.now() - startedAt);
  };

  switch (order.do) {
    case "stampede": {
      const slow = () => delay(LOAD_MS).then(load);
      const { getOrSet } = contestant(order.name);
      await timed(() => Promise.all(Array.from({ length: STAMPEDE }, () => getOrSet(order.key, slow))));
      break;
    }
    case "hits": {
      const { getOrSet } = contestant(order.name);
      const key = `hot-${process.pid}`;
      await getOrSet(key, load);
      await timed(async () => {
        for (let call = 0; call < order.count; call += 1) await getOrSet(key, load);
      });
      break;
    }
    case "write":
      for (const key of order.keys) await contestant(order.name).getOrSet(key, load);
      break;
    case "readMany": {
      const cold = contestants[order.name]();
      await timed(() => cold.getMany(order.keys));
      break;
    }
    case "misses":
      for (const key of order.keys) await timed(() => contestant(order.name).getOrSet(key, load));
      break;
  }
  return answer;
}

process.on("message", (order: Order) => {
  obey(order).then(
    (answer) => process.send?.(answer),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => process.exit(0));
process.send?.("ready");
