import { switchTelegramNotifications } from "../accounts";
import { type CachedBot, type CachedPerson, type CachedSession, cacheManager } from "../cache";
import { now } from "../core/clock";
import { defer } from "../core/defer";
import { failpoint } from "../core/failpoint";
import { newId } from "../core/ids";
import { log } from "../core/log";
import { afterCommit, type Transaction } from "../db";
import type { Execution } from "../schemas/bot";
import { enqueue } from "../tasks";
import { rememberPerson, sessionAfter } from "./people";
import type { OutgoingMessage, Run } from "./run-types";
import { sendMessages, takeOverChat } from "./send";
import { type RunWrite, writeRun } from "./write-run";

/** All that an update or a task changes. */
export interface Change {
  runs: readonly Run[];
  /** Executions that end because of it. */
  cancelled: readonly Execution[];
  /** Messages besides those of the runs; they come first. */
  messages: readonly OutgoingMessage[];
}

export interface ChangeSubject {
  bot: CachedBot;
  person: CachedPerson;
  telegramId: string;
  session: CachedSession;
  updateId: string | null;
  profile: RunWrite["profile"];
}

const MAX_TASK_DELAY_SECONDS = 7 * 86_400;

/**
 * Writes a change with the tasks that follow from it. Its messages are sent after the commit, and the session is cached.
 * @returns `stale` or `duplicate` when nothing was written; a stale transaction must be rolled back
 */
export async function commitChange(
  tx: Transaction,
  { runs, cancelled, messages }: Change,
  subject: ChangeSubject,
): Promise<"written" | "stale" | "duplicate"> {
  const { bot, person, telegramId, session, updateId, profile } = subject;
  const outgoing = [...messages, ...runs.flatMap((run) => run.messages)];
  const executions = [
    ...cancelled.map((execution) => ({
      ...execution,
      state: "cancelled" as const,
      token: null,
      dueAt: null,
    })),
    ...runs.map(({ execution }) => execution),
  ];
  const result = await writeRun(tx, {
    ...{ projectId: bot.id, personId: person.id, revision: session.revision, userId: person.userId },
    ...{ updateId, profile, executions },
    steps: runs.flatMap(({ execution, steps }) =>
      steps.map((step) => ({ ...step, executionId: execution.id })),
    ),
    messages: outgoing,
    linkCodes: runs.flatMap(({ linkCodes }) => linkCodes),
  });
  if (result.outcome !== "written") return result.outcome;
  for (const { execution, isNotified } of runs) {
    await enqueueContinuation(tx, bot.id, person.id, execution);
    if (isNotified !== undefined)
      await switchTelegramNotifications(tx, { personIds: [person.id] }, isNotified);
  }

  const { sender, isAbandoned, messageIds } = result;
  afterCommit(tx, () => {
    const after = sessionAfter(session, executions);
    defer(async () => {
      try {
        await failpoint("bot.run.committed");
      } catch (error) {
        return log().warn({ err: error, personId: person.id }, "bot messages not sent: the sweep takes over");
      }
      const [first] = outgoing;
      const [id] = messageIds;
      const sending = { personId: person.id, sender: sender ?? "", revision: after.revision };
      const work: Promise<unknown>[] = [
        cacheManager.set("botSessions", person.id, after),
        rememberPerson(bot.id, telegramId, { ...person, ...profile }),
      ];
      if (sender !== null && first && id !== undefined)
        work.push(sendMessages(bot, sending, { id, ...first, attempts: 1, ageSeconds: 0 }));
      else if (isAbandoned) work.push(takeOverChat(bot, person.id));
      for (const outcome of await Promise.allSettled(work))
        if (outcome.status === "rejected") log().warn({ err: outcome.reason }, "after a bot's run");
    });
  });
  return "written";
}

/** The task that does a slow step, or goes on when a time has come. A message of QStash reaches seven days. */
export async function enqueueContinuation(
  tx: Transaction,
  projectId: string,
  sessionId: string,
  execution: Execution,
): Promise<void> {
  const { id: executionId, state, dueAt, stepNo } = execution;
  if (state !== "running" && dueAt === null) return;
  const untilDueSeconds = dueAt === null ? 0 : Math.ceil((Date.parse(dueAt) - now()) / 1_000);
  const delaySeconds = Math.min(Math.max(0, untilDueSeconds), MAX_TASK_DELAY_SECONDS);
  await enqueue(
    tx,
    "workflow-executions",
    { do: "continue", projectId, sessionId, executionId, stepNo },
    // Never a key that was used: a part of a longer wait is enqueued by the task of the part before, which is not done.
    { key: `continue:${executionId}:${stepNo}:${newId()}`, delaySeconds },
  );
}
