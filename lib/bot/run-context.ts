import type { CachedBot, CachedPerson } from "../cache";
import { now } from "../core/clock";
import { env } from "../core/env";
import type { Locale } from "../core/locale";
import type { Execution } from "../schemas/bot";
import { findAccountVariables } from "./account-variables";
import { loadDefinition } from "./bots";
import type { RunContext } from "./run-types";

interface RunSubject {
  bot: CachedBot;
  person: CachedPerson;
  telegramId: string;
  language: Locale;
  others: readonly Execution[];
}

/** What a run needs to know; the account's variables are read if one is linked. */
export async function createRunContext(subject: RunSubject): Promise<RunContext> {
  const { bot, person, telegramId, language, others } = subject;
  return {
    ...{ bot, person, language, others, chatId: telegramId },
    account: person.userId === null ? null : await findAccountVariables(person.userId, bot.id),
    siteUrl: env().APP_URL,
    nowMs: now(),
    loadDefinition: (workflowId, versionId) => loadDefinition(bot, workflowId, versionId),
  };
}
