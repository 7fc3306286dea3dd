import { z } from "zod";
import { now } from "../core/clock";
import { log } from "../core/log";
import { db } from "../db";
import { findBot } from "./bots";
import { takeOverChat } from "./send";

const MAX_CHATS = 200;
/** No chat is begun after it. */
const BUDGET_MS = 20_000;

const chatRowsSchema = z.array(z.object({ id: z.uuid(), projectId: z.uuid() }));

/**
 * Sends what processes that died have left in chats. Their last call has an unknown outcome and is not repeated. Safe to
 * run concurrently.
 * @returns how many chats were looked at
 */
export async function sweepChats(): Promise<number> {
  const deadlineMs = now() + BUDGET_MS;
  const rows = await db().$queryRaw`
SELECT id, "projectId" FROM "BotPerson" WHERE "sendingUntil" < clock_timestamp() ORDER BY "sendingUntil" LIMIT ${MAX_CHATS}`;
  let chats = 0;
  for (const { id, projectId } of chatRowsSchema.parse(rows)) {
    if (now() > deadlineMs) break;
    const bot = await findBot(projectId);
    if (bot) await takeOverChat(bot, id);
    chats += 1;
  }
  if (chats > 0) log().info({ chats }, "chats of bots swept");
  return chats;
}
