import type { CachedBot, CachedSession, CachedVariables } from "../../cache";
import { AppError } from "../../core/errors";
import { db, type Transaction } from "../../db";
import type { Execution } from "../../schemas/bot";
import { Definitions, loadBot } from "../bots";
import { type Change, commitChange } from "../commit-run";
import { loadSession, lockPerson, readPerson } from "../people";
import { createRunContext, findAccount } from "../run-context";
import type { RunContext } from "../run-types";

/** A person, with what is read before the transaction: a read of the cache within it may need a second connection. */
export interface PreparedPerson {
  id: string;
  userId: string | null;
  account: CachedVariables | null;
}

/** @throws {AppError} not_found */
export async function preparePerson(botId: string, personId: string): Promise<PreparedPerson> {
  const person = await readPerson(db(), { projectId: botId, sessionId: personId });
  if (!person) throw new AppError("not_found", { message: "person_not_found" });
  const { id, userId } = person;
  return { id, userId, account: await findAccount({ id: botId }, person) };
}

export interface PersonSubject {
  bot: CachedBot;
  /** Read under the person's lock. */
  session: CachedSession;
  loadDefinition: RunContext["loadDefinition"];
  contextOf(execution: Execution): Promise<RunContext>;
}

/**
 * Computes and writes a change of a person's executions by an operator, under the lock of the person's row: their own
 * updates and tasks come before or after it, and those that were computed meanwhile are computed again.
 *
 * @param executionId  is in the session if it is unfinished
 * @param compute  null: nothing is written
 * @throws {AppError} not_found; conflict: the person was linked or unlinked meanwhile
 */
export async function runForPerson(
  tx: Transaction,
  { botId, person: prepared, executionId }: { botId: string; person: PreparedPerson; executionId?: string },
  compute: (subject: PersonSubject) => Promise<Change | null>,
): Promise<void> {
  const bot = await loadBot(botId, tx);
  const person = bot && (await lockPerson(tx, { projectId: botId, sessionId: prepared.id }));
  if (!bot || !person) throw new AppError("not_found", { message: "person_not_found" });
  if (person.userId !== prepared.userId) throw new AppError("conflict");
  const session = await loadSession(tx, person.id, executionId);
  const loadDefinition = new Definitions(bot).loadWithin(tx);
  const { telegramId, language } = person;
  const { account } = prepared;
  const contextOf = (execution: Execution) => {
    const others = session.executions.filter(({ id }) => id !== execution.id);
    return createRunContext({ bot, person, telegramId, language, others, account, loadDefinition });
  };
  const change = await compute({ bot, session, loadDefinition, contextOf });
  if (!change) return;
  // Its messages would be sent.
  if (
    bot.state !== "active" &&
    change.runs.some(({ messages, execution }) => messages.length > 0 || execution.state === "running")
  )
    throw new AppError("conflict", { message: "bot_paused" });
  const subject = { bot, person, telegramId, session, updateId: null, profile: null };
  const outcome = await commitChange(tx, change, subject);
  if (outcome !== "written") throw new Error("a person's revision changed under its lock");
}
