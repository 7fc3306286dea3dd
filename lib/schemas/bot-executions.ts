import { z } from "zod";
import { variableValueSchema } from "./bot";
import { versionNumberSchema } from "./bot-console";
import { BotExecutionState, BotMessageState } from "./enums";
import { idSchema } from "./id";
import { pageQueryShape, pageSchema } from "./page";
import { nodeIdSchema, workflowKeySchema } from "./workflow";

/** What those who run bots see and do of people's executions (`/api/bots/{botId}/executions`). */

export const executionPersonSchema = z.object({
  id: z.uuid(),
  /** The first name in Telegram. */
  name: z.string(),
  isLinked: z.boolean(),
  /** Has blocked the bot. */
  isBlocked: z.boolean(),
});
export type ExecutionPerson = z.infer<typeof executionPersonSchema>;

export const executionSummarySchema = z.object({
  id: z.uuid(),
  state: z.enum(BotExecutionState),
  workflowKey: z.string(),
  /** Null: a test run of a draft. */
  versionNumber: versionNumberSchema.nullable(),
  person: executionPersonSchema,
  nodeId: z.string(),
  /** The workflow that `nodeId` is in: another one while the execution is in a workflow that it called. */
  nodeWorkflowKey: z.string(),
  /** Number of the last step. An action names it, so that it is not done to an execution that has gone on. */
  stepNo: z.int(),
  /** When it goes on by itself. */
  dueAt: z.iso.datetime().nullable(),
  /** Why it failed, such as `too_many_steps`. */
  failure: z.string().nullable(),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
});
export type ExecutionSummary = z.infer<typeof executionSummarySchema>;

export const executionPageQuerySchema = z.object({
  ...pageQueryShape({ max: 100, default: 50 }),
  state: z.enum(BotExecutionState).optional(),
  workflow: workflowKeySchema.optional(),
  /** Id of the person in the bot. */
  person: idSchema.optional(),
});
export type ExecutionPageQuery = z.input<typeof executionPageQuerySchema>;
/** Newest first. */
export const executionPageSchema = pageSchema(executionSummarySchema);
export type ExecutionPage = z.infer<typeof executionPageSchema>;

export const stepSchema = z.object({
  /** From 1, without a gap. */
  no: z.int(),
  workflowKey: z.string(),
  versionNumber: versionNumberSchema.nullable(),
  nodeId: z.string(),
  /** The node's kind, or `operator` for a change by an operator: its input is `{ action, reason }`. */
  kind: z.string(),
  /** The button or answer that it began with. */
  input: z.record(z.string(), z.json()).nullable(),
  /** What it did: changed variables, the way it took. */
  output: z.record(z.string(), z.json()).nullable(),
  error: z.string().nullable(),
  at: z.iso.datetime(),
});
export type Step = z.infer<typeof stepSchema>;

export const sentMessageSchema = z.object({
  id: z.uuid(),
  /** The step that it belongs to. */
  stepNo: z.int(),
  /** In Telegram's HTML; one-time codes are hidden. */
  text: z.string(),
  picture: z.string().nullable(),
  /** Labels. */
  buttons: z.array(z.string()),
  state: z.enum(BotMessageState),
  error: z.string().nullable(),
  attempts: z.int(),
  createdAt: z.iso.datetime(),
  sentAt: z.iso.datetime().nullable(),
});
export type SentMessage = z.infer<typeof sentMessageSchema>;

export const timelineQuerySchema = z.object({
  /** Number of the previous page's last step. */
  after: z.coerce.number().int().min(0).max(1_000_000).default(0),
  limit: z.coerce.number().int().min(1).max(200).default(100),
});

export const timelineSchema = z.object({
  execution: executionSummarySchema.extend({ variables: z.record(z.string(), variableValueSchema) }),
  steps: z.array(stepSchema),
  /** Of these steps, in the order of the chat. */
  messages: z.array(sentMessageSchema),
  /** The next page's `after`; null: this is the last one. */
  nextAfter: z.int().nullable(),
});
export type Timeline = z.infer<typeof timelineSchema>;

export const operatorReasons = ["person_asked", "stuck", "mistake", "testing", "other"] as const;
/** Why an operator changes a person's execution; in the audit log and the timeline. A constant: they hold no free text. */
export const operatorReasonSchema = z.enum(operatorReasons);
export type OperatorReason = z.infer<typeof operatorReasonSchema>;

export const executionActionSchema = z.object({
  reason: operatorReasonSchema,
  /** The execution's, as the caller saw it; another one is 409 `execution_changed`. */
  stepNo: z.int().min(0),
});
export type ExecutionAction = z.infer<typeof executionActionSchema>;

export const executionMoveSchema = executionActionSchema.extend({
  versionNumber: versionNumberSchema,
  /** By default the node with the same id. The execution performs it again. */
  nodeId: nodeIdSchema.optional(),
});
export type ExecutionMove = z.infer<typeof executionMoveSchema>;
