import { z } from "zod";
import { isDraftJson } from "./draft-json";
import { BotState } from "./enums";
import { idSchema } from "./id";
import { pageQueryShape, pageSchema } from "./page";
import { visibleTextSchema } from "./text";
import { commandSchema, definitionSchema, MAX_DEFINITION_BYTES, workflowKeySchema } from "./workflow";
import { problemSchema } from "./workflow-check";

/**
 * What those who run bots send and get, administrators for all bots and artists for their own (`/api/bots`): bots and
 * workflows. Executions are in bot-executions.ts.
 */

/** Bots that one artist may have; administrators have no limit. */
export const MAX_BOTS_PER_ARTIST = 3;
export const MAX_WORKFLOWS = 50;
/** Of one workflow. */
export const MAX_VERSIONS = 1_000;
export { MAX_EXECUTION_COUNT, MAX_PEOPLE_COUNT } from "./bot-limits";

// Bots.

export const botSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  /** In Telegram, without the @. */
  username: z.string(),
  state: z.enum(BotState),
  ownerId: z.uuid(),
  ownerName: z.string(),
  /** Its workflows may credit bonuses and link accounts. */
  isAdministrators: z.boolean(),
  /** Telegram has this deployment's address. Otherwise nothing arrives: `POST /api/bots/{botId}/webhook` sets it. */
  isConnected: z.boolean(),
  createdAt: z.iso.datetime(),
});
export type Bot = z.infer<typeof botSchema>;

export const botPageQuerySchema = z.object(pageQueryShape());
/** Newest first. */
export const botPageSchema = pageSchema(botSchema);
export type BotPage = z.infer<typeof botPageSchema>;

const botNameSchema = visibleTextSchema(64);

export const newBotSchema = z.object({
  /** As BotFather gave it. */
  token: z.string().trim().min(1).max(200),
  /** By default the bot's name in Telegram. */
  name: botNameSchema.optional(),
});
export type NewBotInput = z.input<typeof newBotSchema>;

export const botChangeSchema = z
  .object({ state: z.enum(BotState), name: botNameSchema })
  .partial()
  .refine((change) => Object.keys(change).length > 0);
export type BotChange = z.infer<typeof botChangeSchema>;

const MAX_NUMBERED_BOTS = 50;

export const botNumbersQuerySchema = z.object({
  /** A repeated parameter, or one with commas; 50 ids at most. */
  botIds: z
    .union([z.string(), z.array(z.string())])
    .default([])
    .transform((values) => [...new Set([values].flat().flatMap((text) => text.split(",")))].filter(Boolean))
    .pipe(z.array(idSchema).max(MAX_NUMBERED_BOTS)),
});

export const botNumbersSchema = z.object({
  botId: z.uuid(),
  /** Telegram users who have written to it; {@link MAX_PEOPLE_COUNT} at most. */
  people: z.int(),
  /** Executions that wait for a person or a time; {@link MAX_EXECUTION_COUNT} at most. */
  waiting: z.int(),
  /** Executions that failed since midnight in UTC; {@link MAX_EXECUTION_COUNT} at most. */
  failedToday: z.int(),
});
export type BotNumbers = z.infer<typeof botNumbersSchema>;
/** In the order of the requested ids, without bots that the caller may not see. */
export const botNumbersListSchema = z.object({ items: z.array(botNumbersSchema) });

// Workflows.

/** Postgres' integers end here. */
const MAX_INT = 2_147_483_647;

export const versionNumberSchema = z.int().min(1).max(MAX_INT);

export const workflowSummarySchema = z.object({
  id: z.uuid(),
  key: workflowKeySchema,
  /** Without the slash; null: only buttons and other workflows begin it. */
  command: z.string().nullable(),
  /** Null: not published. */
  publishedNumber: versionNumberSchema.nullable(),
  publishedAt: z.iso.datetime().nullable(),
  /** Null: without a draft. */
  draftChangedAt: z.iso.datetime().nullable(),
});
export type WorkflowSummary = z.infer<typeof workflowSummarySchema>;
/** By key. */
export const workflowListSchema = z.object({ items: z.array(workflowSummarySchema) });

/**
 * A definition while it is drawn: JSON that Postgres can store, which need not be complete or valid. Publishing checks
 * it; `checkDefinition` (lib/schemas/workflow-check.ts) does the same in the browser.
 */
export const draftDefinitionSchema = z
  .record(z.string(), z.unknown())
  .refine(isDraftJson, { error: "not a definition that can be stored" });
export type DraftDefinition = z.infer<typeof draftDefinitionSchema>;

/** Of a request with one definition. */
export const MAX_DRAFT_BODY_BYTES = MAX_DEFINITION_BYTES + 10_000;

export const newWorkflowSchema = z.object({
  key: workflowKeySchema,
  command: commandSchema.nullable().default(null),
  /** By default a message and an end. */
  definition: draftDefinitionSchema.optional(),
});
export type NewWorkflow = z.input<typeof newWorkflowSchema>;

export const draftSchema = z.object({
  definition: draftDefinitionSchema,
  command: z.string().nullable(),
  /** The published version that it was made of; null: none was published then. */
  baseNumber: versionNumberSchema.nullable(),
  changedAt: z.iso.datetime(),
});
export type Draft = z.infer<typeof draftSchema>;

export const workflowVersionSchema = z.object({
  number: versionNumberSchema,
  createdAt: z.iso.datetime(),
  /** The earlier version that a rollback published again. */
  sourceNumber: versionNumberSchema.nullable(),
});
export type WorkflowVersion = z.infer<typeof workflowVersionSchema>;

/** People who wait at a node now. */
export const nodeCountSchema = z.object({
  nodeId: z.string(),
  /** Of the node; null: a test run of a draft. */
  number: versionNumberSchema.nullable(),
  count: z.int(),
});
export type NodeCount = z.infer<typeof nodeCountSchema>;

export const workflowSchema = workflowSummarySchema.extend({
  /** Null: not published. */
  definition: definitionSchema.nullable(),
  draft: draftSchema.nullable(),
  /** Grows with each change of the draft, also when it is published or discarded. Sent back with the next change. */
  draftRevision: z.int(),
  /** The newest 100, newest first. */
  versions: z.array(workflowVersionSchema),
  /** Of all versions, also in executions of workflows that call this one. */
  waiting: z.array(nodeCountSchema),
  /** More than {@link MAX_EXECUTION_COUNT} executions of the bot wait: the counts are of the newest. */
  isWaitingCapped: z.boolean(),
});
export type Workflow = z.infer<typeof workflowSchema>;

export const versionDefinitionSchema = workflowVersionSchema.extend({ definition: definitionSchema });
export type VersionDefinition = z.infer<typeof versionDefinitionSchema>;

export const draftChangeSchema = z.object({
  definition: draftDefinitionSchema,
  command: commandSchema.nullable(),
  baseNumber: versionNumberSchema.nullable(),
  /** The `draftRevision` that was changed; another one is 409 `draft_changed`. */
  revision: z.int().min(0),
});
export type DraftChange = z.infer<typeof draftChangeSchema>;

export const draftDiscardQuerySchema = z.object({ revision: z.coerce.number().int().min(0) });

/** Of a definition that is not stored; without one the draft, or else what is published, is checked. */
export const validationSchema = z.object({ definition: draftDefinitionSchema.optional() });
export const problemsSchema = z.object({ problems: z.array(problemSchema) });
export type Problems = z.infer<typeof problemsSchema>;

export const publicationSchema = z.object({
  /** Of the draft; another one is 409 `draft_changed`. */
  revision: z.int().min(0),
  /** The number that is published now, as the caller knows it; another one is 409 `published_changed`. */
  expectedNumber: versionNumberSchema.nullable(),
});
export type Publication = z.infer<typeof publicationSchema>;

export const rollbackSchema = z.object({
  /** Is published again, as a new version. */
  number: versionNumberSchema,
  expectedNumber: versionNumberSchema.nullable(),
});
export type Rollback = z.infer<typeof rollbackSchema>;

export const testRunSchema = z.object({
  /** By default the caller's own Telegram, which is linked in some bot of this deployment and has written to this one. */
  personId: idSchema.optional(),
  /** Of the draft; another one is 409 `draft_changed`. */
  revision: z.int().min(0),
});
export type TestRun = z.infer<typeof testRunSchema>;

// Export and import.

export const exportedWorkflowSchema = z.object({
  key: workflowKeySchema,
  command: commandSchema.nullable(),
  definition: definitionSchema,
});

export const exportDocumentSchema = z.object({
  format: z.literal("normaldance-bot"),
  /** Of the format. */
  version: z.literal(1),
  workflows: z.array(exportedWorkflowSchema),
});
export type ExportDocument = z.infer<typeof exportDocumentSchema>;

/** Without a key all that are published. A workflow without a published version is not exported. */
export const exportQuerySchema = z.object({ workflow: workflowKeySchema.optional() });

/** An export or import of all workflows. Vercel limits bodies to 4.5 MB. */
export const MAX_DOCUMENT_BYTES = 4_000_000;

export const importSchema = z.object({
  /** Its definitions are checked as if they were published: one with problems refuses all of them. */
  document: exportDocumentSchema.extend({
    workflows: z
      .array(exportedWorkflowSchema.extend({ definition: draftDefinitionSchema }))
      .min(1)
      .max(MAX_WORKFLOWS),
  }),
  /** Otherwise a workflow that has a draft is 409 `draft_exists`. */
  replacesDrafts: z.boolean().default(false),
});
export type ImportInput = z.input<typeof importSchema>;
export type Import = z.infer<typeof importSchema>;
