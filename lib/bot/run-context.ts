import type { CachedBot, CachedPerson, CachedVariables } from "../cache";
import { now } from "../core/clock";
import { env } from "../core/env";
import type { Locale } from "../core/locale";
import type { Execution } from "../schemas/bot";
import { findAccountVariables } from "./account-variables";
import type { RunContext } from "./run-types";

interface RunSubject {
  bot: CachedBot;
  person: CachedPerson;
  telegramId: string;
  language: Locale;
  others: readonly Execution[];
  /**
   * Of the person's account, read before a transaction began: a read from within it needs a second connection, and those
   * who wait for the transaction's locks may have all of them.
   */
  account?: CachedVariables | null | undefined;
  /** For the same reason. */
  loadDefinition: RunContext["loadDefinition"];
}

/** What a run needs to know; the account's variables are read if one is linked. */
export async function createRunContext(subject: RunSubject): Promise<RunContext> {
  const { bot, person, telegramId, language, others, loadDefinition } = subject;
  return {
    ...{ bot, person, language, others, chatId: telegramId },
    account: subject.account === undefined ? await findAccount(bot, person) : subject.account,
    siteUrl: env().APP_URL,
    nowMs: now(),
    loadDefinition,
  };
}

/** What definitions show of the person's account; null without one. Cached. */
export async function findAccount(
  bot: Pick<CachedBot, "id">,
  { userId }: Pick<CachedPerson, "userId">,
): Promise<CachedVariables | null> {
  return userId === null ? null : findAccountVariables(userId, bot.id);
}
