import { waitForDeferredWork } from "@/lib/core/defer";
import { injectFault } from "@/lib/core/failpoint";
import { newId } from "@/lib/core/ids";
import { disconnectDb, type Transaction, transaction } from "@/lib/db";
import { enqueue } from "@/lib/tasks";
import { waitUntil } from "../clients/wait-until";
import { currentGateway } from "../stack/current-gateway";
import { startIsolatedBackends } from "../stack/isolated-backends";
import { startHttpCallMeter } from "./http-call-meter";
import { startStatementMeter } from "./statement-meter";

interface Cost {
  /** Counted on the wire to Postgres. */
  statements: number;
  qstashCalls: number;
  redisCommands: number;
}

export const BEGIN_AND_COMMIT = 2;

/** Starts backends for one test file, with meters in front. Call it before anything reads the environment. */
export async function startTaskCosts(): Promise<{
  /** The cost of the work, including what is deferred until after the response. */
  cost(work: () => Promise<unknown>): Promise<Cost>;
  stop(): Promise<void>;
}> {
  const backends = await startIsolatedBackends();
  const meter = await startStatementMeter(backends.databaseUrl);
  const toQstash = await startHttpCallMeter(backends.qstash.url);
  Object.assign(process.env, { DATABASE_URL: meter.url, QSTASH_URL: toQstash.url });
  return {
    cost: async (work) => {
      await waitForDeferredWork();
      currentGateway().stats.reset();
      meter.reset();
      toQstash.reset();
      await work();
      await waitForDeferredWork();
      return {
        statements: meter.statements,
        qstashCalls: toQstash.calls,
        redisCommands: currentGateway().stats.snapshot().commands,
      };
    },
    stop: async () => {
      await waitForDeferredWork();
      await disconnectDb();
      await toQstash.close();
      await meter.close();
      await backends.stop();
    },
  };
}

/** A business change of one statement. */
export const changeNothing = (tx: Transaction) => tx.$executeRaw`UPDATE "User" SET name = name WHERE false`;

/** Adds a task for tomorrow: QStash accepts it, and no delivery is counted. */
export function addTask(tx: Transaction) {
  const options = { key: newId(), delaySeconds: 86_400 };
  return enqueue(tx, "notifications", { userId: newId(), kind: "general" }, options);
}

/** Adds the tasks in one transaction. */
export function addTasks(count: number): Promise<void> {
  return transaction(async (tx) => {
    for (let task = 0; task < count; task += 1) await addTask(tx);
  });
}

/** One statement per task, and one publish call and one update for all of them. */
export function costOfAdding(count: number): Cost {
  return { statements: BEGIN_AND_COMMIT + count + 1, qstashCalls: 1, redisCommands: 0 };
}

/**
 * Makes transactions continue only when all of them have committed, however slow the machine is. @returns a function
 * that ends that
 */
export function commitTogether(tasks: number): () => void {
  let committed = 0;
  return injectFault(async (name) => {
    if (name !== "tasks.committed") return;
    committed += 1;
    await waitUntil("all have committed", () => committed === tasks);
  });
}
