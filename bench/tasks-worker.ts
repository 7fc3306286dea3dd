import { waitForDeferredWork } from "@/lib/core/defer";
import { env } from "@/lib/core/env";
import { newId } from "@/lib/core/ids";
import { db, disconnectDb, type Transaction, transaction } from "@/lib/db";
import { enqueue, queues, sweepTasks } from "@/lib/tasks";
import { createPerson } from "@/tests/support/factories/people";
import { serveApp } from "@/tests/support/processes/app-server";
import type { WorkerCommand, WorkerResult } from "./tasks-protocol";

/** The worker process of `npm run bench:tasks`: runs commands, and serves the route handlers at `APP_URL`. */

const QUEUE = "notifications";
const TOMORROW_SECONDS = 86_400;

const { userId } = await createPerson();
const payload = { userId, kind: "general", title: "A title", message: "A message" };

async function createTasks(count: number, dueAt: Date): Promise<string[]> {
  const past = new Date(Date.now() - 60_000);
  const rows = Array.from({ length: count }, () => ({
    ...{ id: newId(), queue: QUEUE, key: newId(), version: queues[QUEUE].version, payload },
    ...{ notBefore: past, dueAt, deadlineAt: new Date(Date.now() + TOMORROW_SECONDS * 1_000) },
  }));
  await db().task.createMany({ data: rows });
  return rows.map(({ id }) => id);
}

/** A business change of one statement. */
const change = (tx: Transaction) =>
  tx.$executeRaw`UPDATE "User" SET name = 'A name' WHERE id = ${userId}::uuid`;
/** Delayed until tomorrow: its delivery is not measured. */
const addTask = (tx: Transaction) =>
  enqueue(tx, QUEUE, payload, { key: newId(), delaySeconds: TOMORROW_SECONDS });

async function timed(work: () => Promise<unknown>): Promise<WorkerResult> {
  const startedAt = performance.now();
  await work();
  const ms = performance.now() - startedAt;
  await waitForDeferredWork();
  return { ms, taskIds: [] };
}

async function handleCommand(command: WorkerCommand): Promise<WorkerResult> {
  switch (command.do) {
    case "await-delivery":
      return {
        ms: 0,
        taskIds: await createTasks(command.count, new Date(Date.now() + TOMORROW_SECONDS * 1_000)),
      };
    case "make-due":
      return { ms: 0, taskIds: await createTasks(command.count, new Date(Date.now() - 1_000)) };
    case "transactions":
      return timed(async () => {
        for (let round = 0; round < command.count; round += 1) {
          await transaction(async (tx) => {
            await change(tx);
            if (command.withTask) await addTask(tx);
          });
        }
      });
    case "many-tasks":
      return timed(() =>
        transaction(async (tx) => {
          for (let task = 0; task < command.count; task += 1) await addTask(tx);
        }),
      );
    case "sweep":
      return timed(() => sweepTasks());
    case "settle":
      return timed(waitForDeferredWork);
  }
}

const app = await serveApp(Number(new URL(env().APP_URL).port));
process.on("message", (command: WorkerCommand) => {
  handleCommand(command).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => {
  void app
    .close()
    .then(disconnectDb)
    .finally(() => process.exit(0));
});
// Opens connections and loads modules before anything is counted.
await handleCommand({ do: "transactions", count: 20, withTask: true });
await handleCommand({ do: "sweep" });
process.send?.({ ms: 0, taskIds: [] } satisfies WorkerResult);
