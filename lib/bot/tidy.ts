import { z } from "zod";
import { retentionCutoff } from "../core/retention";
import { deleteExpired } from "../db";
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

/** Deletes what bots keep of conversations after its retention. Safe to repeat. */
export async function tidyBots(deadlineMs: number): Promise<z.infer<typeof tidiedBotsSchema>> {
  const expired = (
    table: "BotUpdate" | "BotMessage" | "BotExecution" | "BotLinkCode",
    at: string,
    kind: Parameters<typeof retentionCutoff>[0],
    id = "id",
  ) => deleteExpired({ table, id, at, before: retentionCutoff(kind) }, deadlineMs);
  return {
    botUpdates: await expired("BotUpdate", "receivedAt", "botUpdates", "ctid"),
    botMessages: await expired("BotMessage", "createdAt", "botMessages"),
    botExecutions: await expired("BotExecution", "finishedAt", "botExecutions"),
    botLinkCodes: await expired("BotLinkCode", "expiresAt", "botLinkCodes"),
    deletedBotRows: await tidyDeletedBots(deadlineMs),
  };
}
