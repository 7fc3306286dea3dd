import { z } from "zod";
import { now } from "../core/clock";
import { retentionCutoff } from "../core/retention";
import { deleteExpiredUntil, transaction } from "../db";
import { enqueue } from "../tasks";
import { tidyDeletedBots } from "./erase-bot";

export const tidiedBotsSchema = z.object({
  /** Numbers of updates, which Telegram repeats for a day. */
  botUpdates: z.int(),
  /** Messages to people. */
  botMessages: z.int(),
  /** Finished executions, with their steps. */
  botExecutions: z.int(),
  /** Codes that link accounts. */
  botLinkCodes: z.int(),
  /** Of bots that were deleted. */
  deletedBotRows: z.int(),
});
type TidiedBots = z.infer<typeof tidiedBotsSchema>;

/** A day of a busy bot has more than the tidy has time for, and what comes after it must not wait. */
const TIDY_BUDGET_MS = 10_000;
const BATCH_SIZE = 2_500;
/** Each with its steps, of which it has several. */
const EXECUTIONS_BATCH_SIZE = 1_000;

/**
 * Deletes what bots keep of conversations after its retention. What it has no time for is a task, whose runs go on until
 * nothing is left. Safe to repeat.
 */
export async function tidyBots(deadlineMs: number): Promise<TidiedBots> {
  const { isDone, deleted } = await deleteExpiredBotRows(Math.min(deadlineMs, now() + TIDY_BUDGET_MS));
  const first = { day: new Date(now()).toISOString().slice(0, 10), run: 1 };
  if (!isDone) await transaction((tx) => enqueue(tx, "bot-tidying", first, { key: tidyingTaskKey(first) }));
  return deleted;
}

export const tidyingTaskKey = ({ day, run }: { day: string; run: number }): string => `${day}:${run}`;

/**
 * The rows that expired, until the deadline. Messages go before the executions that they name: deleting an execution
 * clears its messages.
 */
export async function deleteExpiredBotRows(
  deadlineMs: number,
): Promise<{ isDone: boolean; deleted: TidiedBots }> {
  let isDone = true;
  const expired = async (
    table: "BotUpdate" | "BotMessage" | "BotExecution" | "BotLinkCode",
    at: string,
    kind: Parameters<typeof retentionCutoff>[0],
    { id = "id", batchSize = BATCH_SIZE } = {},
  ) => {
    const rows = { table, id, at, before: retentionCutoff(kind), batchSize };
    const deleted = await deleteExpiredUntil(rows, deadlineMs);
    isDone &&= deleted.isDone;
    return deleted.count;
  };
  const deleted = {
    botUpdates: await expired("BotUpdate", "receivedAt", "botUpdates", { id: "ctid" }),
    botMessages: await expired("BotMessage", "createdAt", "botMessages"),
    botExecutions: await expired("BotExecution", "finishedAt", "botExecutions", {
      batchSize: EXECUTIONS_BATCH_SIZE,
    }),
    botLinkCodes: await expired("BotLinkCode", "expiresAt", "botLinkCodes"),
    deletedBotRows: await tidyDeletedBots(deadlineMs),
  };
  return { isDone, deleted };
}
