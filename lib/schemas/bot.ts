import { z } from "zod";
import { BotExecutionState, BotState } from "./enums";
import { localeSchema } from "./locale";
import { nodeIdSchema, variableSchema, workflowKeySchema } from "./workflow";

export const variableValueSchema = z.union([z.string(), z.number(), z.boolean()]);
export type VariableValue = z.infer<typeof variableValueSchema>;
export const variablesSchema = z.record(variableSchema, variableValueSchema);
export type Variables = z.infer<typeof variablesSchema>;

/** A called workflow, and the node of its caller that follows. */
const frameSchema = z.object({ workflowId: z.uuid(), versionId: z.uuid(), returnTo: nodeIdSchema });

/** One person's run of a workflow, as it is stored. */
export const executionSchema = z.object({
  id: z.uuid(),
  workflowId: z.uuid(),
  versionId: z.uuid(),
  state: z.enum(BotExecutionState),
  /** In the version of the last frame, or else in the execution's own. */
  nodeId: z.string(),
  /** Innermost last. */
  frames: z.array(frameSchema),
  variables: variablesSchema,
  stepNo: z.int(),
  token: z.string().nullable(),
  /** ISO 8601. */
  dueAt: z.string().nullable(),
  failure: z.string().nullable(),
});
export type Execution = z.infer<typeof executionSchema>;

/** A bot with what its webhook needs. */
export const cachedBotSchema = z.object({
  id: z.uuid(),
  ownerId: z.uuid(),
  name: z.string(),
  telegramId: z.string(),
  username: z.string(),
  encryptedToken: z.string(),
  isAdministrators: z.boolean(),
  state: z.enum(BotState),
  workflows: z.array(
    z.object({
      id: z.uuid(),
      key: workflowKeySchema,
      command: z.string().nullable(),
      versionId: z.uuid().nullable(),
    }),
  ),
});

/** A Telegram user in a bot. */
export const cachedPersonSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  language: localeSchema,
  userId: z.uuid().nullable(),
  /** Gets the account's notifications. */
  isNotified: z.boolean(),
});

/** What of a person changes with each step; `revision` says from when it is. */
export const cachedSessionSchema = z.object({
  revision: z.int(),
  /** Unfinished, newest first. */
  executions: z.array(executionSchema),
});

/** What definitions show of a linked account. Amounts are hundredths of a bonus. */
export const cachedVariablesSchema = z.object({
  name: z.string(),
  balance: z.int(),
  level: z.int(),
  referrals: z.int(),
  referralLink: z.string(),
  purchaseCount: z.int(),
  purchases: z.array(
    z.object({ title: z.string(), amountMinor: z.int(), currency: z.string(), at: z.string() }),
  ),
});
