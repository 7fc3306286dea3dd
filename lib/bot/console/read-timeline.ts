import { z } from "zod";
import type { Caller } from "../../core/access-token";
import { db } from "../../db";
import { variablesSchema } from "../../schemas/bot";
import { type SentMessage, type Step, stepSchema, type Timeline } from "../../schemas/bot-executions";
import { getExecution } from "./list-executions";

/** More than any page of steps has sent. */
const MAX_MESSAGES = 1_000;

const recordSchema = stepSchema.shape.input.catch(null);

/**
 * A page of an execution's steps, in their order, with the messages that each has sent.
 * @throws {AppError} forbidden for listeners; not_found
 */
export async function readTimeline(
  caller: Caller,
  { botId, executionId }: { botId: string; executionId: string },
  { after, limit }: { after: number; limit: number },
): Promise<Timeline> {
  const execution = await getExecution(caller, botId, executionId);
  const [row, rows] = await Promise.all([
    db().botExecution.findUniqueOrThrow({ where: { id: executionId }, select: { variables: true } }),
    db().botStep.findMany({
      where: { executionId, no: { gt: after } },
      orderBy: { no: "asc" },
      take: limit + 1,
    }),
  ]);
  const page = rows.slice(0, limit);
  const isLast = rows.length <= limit;
  const first = after === 0 ? 0 : after + 1;
  const [versions, messages] = await Promise.all([
    readVersions(page.map(({ versionId }) => versionId)),
    readMessages(executionId, { gte: first, ...(isLast ? {} : { lte: page.at(-1)?.no ?? after }) }),
  ]);
  const steps = page.map(({ versionId, createdAt, input, output, executionId: _, ...step }): Step => {
    const version = versions.get(versionId);
    return {
      ...step,
      workflowKey: version?.key ?? execution.workflowKey,
      versionNumber: version?.number ?? null,
      ...{ input: recordSchema.parse(input), output: recordSchema.parse(output) },
      at: createdAt.toISOString(),
    };
  });
  return {
    execution: { ...execution, variables: variablesSchema.parse(row.variables) },
    ...{ steps, messages, nextAfter: isLast ? null : (page.at(-1)?.no ?? null) },
  };
}

async function readVersions(ids: readonly string[]) {
  const rows = await db().botWorkflowVersion.findMany({
    where: { id: { in: [...new Set(ids)] } },
    select: { id: true, number: true, workflow: { select: { key: true } } },
  });
  return new Map(rows.map(({ id, number, workflow }) => [id, { number, key: workflow.key }]));
}

async function readMessages(
  executionId: string,
  stepNo: { gte: number; lte?: number },
): Promise<SentMessage[]> {
  const rows = await db().botMessage.findMany({
    where: { executionId, stepNo },
    orderBy: [{ stepNo: "asc" }, { revision: "asc" }, { part: "asc" }],
    take: MAX_MESSAGES,
    select: {
      ...{ id: true, stepNo: true, payload: true, state: true, error: true, attempts: true },
      ...{ createdAt: true, sentAt: true },
    },
  });
  return rows.map(({ payload, createdAt, sentAt, stepNo: no, ...message }) => ({
    ...message,
    ...{ stepNo: no ?? 0, ...toContent(payload) },
    createdAt: createdAt.toISOString(),
    sentAt: sentAt?.toISOString() ?? null,
  }));
}

/** What node-message.ts makes. */
const payloadSchema = z.object({
  text: z.string().optional(),
  caption: z.string().optional(),
  photo: z.string().optional(),
  reply_markup: z
    .object({
      inline_keyboard: z.array(z.array(z.object({ text: z.string() }))).default([]),
      keyboard: z.array(z.array(z.object({ text: z.string() }))).default([]),
    })
    .optional(),
});

/** A one-time code of `linkAccount`: a reader of it could link the person's Telegram with their own account. */
const LINK_CODES = /(?<![\w-])[\w-]{22}(?![\w-])/g;

function toContent(payload: unknown): Pick<SentMessage, "text" | "picture" | "buttons"> {
  const { text, caption, photo, reply_markup: markup } = payloadSchema.parse(payload);
  const buttons = [...(markup?.inline_keyboard ?? []), ...(markup?.keyboard ?? [])].flat();
  return {
    text: (text ?? caption ?? "").replace(LINK_CODES, "•••"),
    picture: photo ?? null,
    buttons: buttons.map((button) => button.text),
  };
}
