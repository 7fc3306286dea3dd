import { setTimeout as delay } from "node:timers/promises";
import { type Contestant, contestants } from "./cache-contestants";
import type { ContestantName, WorkerCommand, WorkerResult } from "./cache-protocol";

/** A worker process of `npm run bench:cache`: runs one command per message. */

const STAMPEDE_SIZE = 250;
/** Long enough that every process misses before the first loader is done. */
const LOADER_DELAY_MS = 50;
/** A caller stops waiting after this. */
const REQUEST_TIMEOUT_MS = 10_000;
const CACHED_VALUE = "a value of some length, which is read far more often than it is made. ".repeat(10);

const contestantsByName = new Map<ContestantName, Contestant>();

function contestant(name: ContestantName): Contestant {
  const known = contestantsByName.get(name) ?? contestants[name]();
  contestantsByName.set(name, known);
  return known;
}

async function handleCommand(command: WorkerCommand): Promise<WorkerResult> {
  const result: WorkerResult = { loads: 0, ms: [], errors: 0 };
  const loader = async () => {
    result.loads += 1;
    return CACHED_VALUE;
  };
  const timed = async (work: () => Promise<unknown>) => {
    const startedAt = performance.now();
    const timeout = delay(REQUEST_TIMEOUT_MS, undefined, { ref: false });
    await Promise.race([work(), timeout]).catch(() => {
      result.errors += 1;
    });
    result.ms.push(performance.now() - startedAt);
  };

  switch (command.do) {
    case "stampede": {
      const slowLoader = () => delay(LOADER_DELAY_MS).then(loader);
      const { getOrSet } = contestant(command.name);
      await timed(() =>
        Promise.all(Array.from({ length: STAMPEDE_SIZE }, () => getOrSet(command.key, slowLoader))),
      );
      break;
    }
    case "hits": {
      const { getOrSet } = contestant(command.name);
      const key = `hot-${process.pid}`;
      await getOrSet(key, loader);
      await timed(async () => {
        for (let call = 0; call < command.count; call += 1) await getOrSet(key, loader);
      });
      break;
    }
    case "write":
      for (const key of command.keys) await contestant(command.name).getOrSet(key, loader);
      break;
    case "readMany": {
      const coldContestant = contestants[command.name]();
      await timed(() => coldContestant.getMany(command.keys));
      break;
    }
    case "misses":
      for (const key of command.keys) await timed(() => contestant(command.name).getOrSet(key, loader));
      break;
  }
  return result;
}

process.on("message", (command: WorkerCommand) => {
  handleCommand(command).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => process.exit(0));
process.send?.("ready");
