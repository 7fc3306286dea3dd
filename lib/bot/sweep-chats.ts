import { z } from "zod";
import { now } from "../core/clock";
import { log } from "../core/log";
import { db } from "../db";
import { findBot } from "./bots";
import { takeOverChat } from "./send";

const MAX_CHATS = 200;
/** Chats at once: one that hangs does not stop the others. */
const CONCURRENCY = 10;
/** No chat is begun after it. */
const BUDGET_MS = 20_000;

const chatRowsSchema = z.array(z.object({ id: z.uuid(), projectId: z.uuid() }));

/**
 * Sends what processes that died, and a pause, have left in chats. Their last call has an unknown outcome and is not
 * repeated. Safe to run concurrently.
 *
 * @param botId  of this bot alone
 * @returns how many chats were looked at
 */
export async function sweepChats({ botId = null }: { botId?: string | null } = {}): Promise<number> {
  const deadlineMs = now() + BUDGET_MS;
  // Chats of paused bots and of deleted owners stay as they are, and would fill the list.
  const rows = await db().$queryRaw`
SELECT person.id, person."projectId" FROM "BotPerson" person
JOIN "BotProject" project ON project.id = person."projectId" AND project.state = 'active'
JOIN "User" owner ON owner.id = project."ownerId" AND owner."deletedAt" IS NULL
WHERE person."sendingUntil" < clock_timestamp() AND (${botId}::uuid IS NULL OR project.id = ${botId}::uuid) ORDER BY person."sendingUntil" LIMIT ${MAX_CHATS}`;
  const waiting = chatRowsSchema.parse(rows);
  let chats = 0;
  const work = async () => {
    while (now() <= deadlineMs) {
      const chat = waiting.shift();
      if (!chat) return;
      const bot = await findBot(chat.projectId);
      if (bot?.state === "active") await takeOverChat(bot, chat.id);
      chats += 1;
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: CONCURRENCY }, work));
  if (chats > 0) log().info({ chats }, "chats of bots swept");
  for (const worker of workers) if (worker.status === "rejected") throw worker.reason;
  return chats;
}
