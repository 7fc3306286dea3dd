import type { CachedBot, CachedPerson, CachedSession, CachedVariables } from "../cache";
import type { Execution } from "../schemas/bot";
import { advance, innermost, newExecution } from "./advance";
import { parseCallbackData } from "./callback-data";
import type { Change } from "./commit-run";
import { isLinkCode } from "./link-code";
import { plainMessage } from "./node-message";
import { createRunContext } from "./run-context";
import type { Run, RunContext, RunInput } from "./run-types";
import { type BotTextKey, botText } from "./texts";
import type { PersonUpdate } from "./update";

/** What follows from an update. */
export type Plan =
  | ({ kind: "change" } & Change)
  /** Nothing changes; a press is answered with the text. */
  | { kind: "nothing"; answer: BotTextKey | null; reply: BotTextKey | null }
  /** A code that was made on the site. */
  | { kind: "link"; code: string };

interface PlanSubject {
  bot: CachedBot;
  person: CachedPerson;
  session: CachedSession;
  /** The person's account. */
  account: CachedVariables | null;
  loadDefinition: RunContext["loadDefinition"];
}

/** Decides what follows from an update. Changes nothing. */
export async function planUpdate(update: PersonUpdate, subject: PlanSubject): Promise<Plan> {
  switch (update.kind) {
    case "press":
      return planPress(update, subject);
    case "command": {
      if (update.command === "start" && isLinkCode(update.argument))
        return { kind: "link", code: update.argument };
      const workflow = subject.bot.workflows.find(({ command }) => command === update.command);
      return workflow?.versionId
        ? start(update, subject, { id: workflow.id, versionId: workflow.versionId })
        : { kind: "nothing", answer: null, reply: "unknownCommand" };
    }
    case "message":
      return planMessage(update, subject);
  }
}

async function planPress(
  update: Extract<PersonUpdate, { kind: "press" }>,
  subject: PlanSubject,
): Promise<Plan> {
  const target = parseCallbackData(update.data);
  if (target?.kind === "start") {
    const workflow = subject.bot.workflows.find(({ key }) => key === target.workflow);
    if (workflow?.versionId)
      return start(update, subject, { id: workflow.id, versionId: workflow.versionId });
  }
  if (target?.kind !== "resume") return { kind: "nothing", answer: "notYours", reply: null };
  const waiting = subject.session.executions.find(
    ({ id, token, state }) => id === target.executionId && token === target.token && state === "waiting",
  );
  if (!waiting) return { kind: "nothing", answer: "stale", reply: null };
  return resume(update, subject, waiting, { kind: "button", index: target.index });
}

async function planMessage(
  update: Extract<PersonUpdate, { kind: "message" }>,
  subject: PlanSubject,
): Promise<Plan> {
  const { text, phone } = update;
  const context = await contextOf(update, subject, null);
  for (const waiting of subject.session.executions) {
    if (waiting.state !== "waiting" || waiting.token === null) continue;
    const { workflowId, versionId } = innermost(waiting);
    const { nodes } = await context.loadDefinition(workflowId, versionId);
    if (nodes[waiting.nodeId]?.kind !== "question") continue;
    return resume(update, subject, waiting, { kind: "answer", text, phone });
  }
  return { kind: "nothing", answer: null, reply: text === null ? "textOnly" : "unknownInput" };
}

async function start(
  update: PersonUpdate,
  subject: PlanSubject,
  workflow: { id: string; versionId: string },
): Promise<Plan> {
  const execution = newExecution(workflow.id, workflow.versionId);
  const context = await contextOf(update, subject, execution);
  const run = await advance(execution, { kind: "start" }, context);
  // Of one workflow a person has one execution that waits.
  const cancelled = subject.session.executions.filter(
    ({ workflowId, state }) => workflowId === workflow.id && state === "waiting",
  );
  return { kind: "change", ...withNotice(run, context), cancelled };
}

async function resume(
  update: PersonUpdate,
  subject: PlanSubject,
  waiting: Execution,
  input: RunInput,
): Promise<Plan> {
  const context = await contextOf(update, subject, waiting);
  const run = await advance(waiting, input, context);
  if (run.steps.length === 0) return { kind: "nothing", answer: "stale", reply: null };
  return { kind: "change", ...withNotice(run, context), cancelled: [] };
}

function contextOf(
  { user }: PersonUpdate,
  { bot, person, session, account, loadDefinition }: PlanSubject,
  execution: Execution | null,
): Promise<RunContext> {
  const others = session.executions.filter(({ id }) => id !== execution?.id);
  const { id: telegramId, language } = user;
  return createRunContext({
    ...{ bot, person: { ...person, name: user.name }, telegramId, language, others, account, loadDefinition },
  });
}

/** When a task does the next step, the person reads at once that it is under way. */
function withNotice(run: Run, { chatId, language }: RunContext): Pick<Change, "runs" | "messages"> {
  if (run.execution.state === "running")
    run.messages.push(plainMessage(chatId, botText(language, "underWay"), run.execution));
  return { runs: [run], messages: [] };
}
