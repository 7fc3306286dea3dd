import type { Caller } from "../../core/access-token";
import { AppError } from "../../core/errors";
import { requireRole } from "../../core/permission";
import { db, type Prisma, type Transaction } from "../../db";

/** A bot that the caller runs. */
export interface RunBot {
  id: string;
  state: "active" | "paused";
  /** Its owner is an administrator now. */
  isAdministrators: boolean;
  encryptedToken: string;
}

/**
 * The bots that the caller runs: an administrator all, an artist their own.
 * @throws {AppError} forbidden for listeners
 */
export function botsOf(caller: Pick<Caller, "userId" | "role">): Prisma.BotProjectWhereInput {
  requireRole(caller, "artist", "admin");
  return {
    deletedAt: null,
    owner: { deletedAt: null },
    ...(caller.role === "admin" ? {} : { ownerId: caller.userId }),
  };
}

/** @throws {AppError} forbidden for listeners; not_found, also for a bot that the caller does not run */
export async function requireBot(
  caller: Pick<Caller, "userId" | "role">,
  botId: string,
  reader: Pick<Transaction, "botProject"> = db(),
): Promise<RunBot> {
  const row = await reader.botProject.findFirst({
    where: { id: botId, ...botsOf(caller) },
    select: {
      ...{ id: true, state: true, isAdministrators: true, encryptedToken: true },
      owner: { select: { role: true } },
    },
  });
  if (!row) throw new AppError("not_found", { message: "bot_not_found" });
  const { owner, ...bot } = row;
  return { ...bot, isAdministrators: bot.isAdministrators && owner.role === "admin" };
}

/**
 * As {@link requireBot}, and holds the bot's row until the transaction ends: changes of one bot take their turn, those of
 * the command line too.
 */
export async function lockBot(
  tx: Transaction,
  caller: Pick<Caller, "userId" | "role">,
  botId: string,
): Promise<RunBot> {
  // Before the lock: one who may not see the bot holds up nothing.
  await requireBot(caller, botId, tx);
  await tx.$queryRaw`SELECT 1 FROM "BotProject" WHERE id = ${botId}::uuid FOR NO KEY UPDATE`;
  return requireBot(caller, botId, tx);
}
