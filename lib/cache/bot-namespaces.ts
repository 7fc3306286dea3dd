import { z } from "zod";
import { keys } from "../redis/keys";
import {
  cachedBotSchema,
  cachedPersonSchema,
  cachedSessionSchema,
  cachedVariablesSchema,
} from "../schemas/bot";
import { definitionSchema } from "../schemas/workflow";
import { defineNamespaces } from "./validation";

/** A version of a workflow. */
const cachedWorkflowSchema = z.object({
  workflowId: z.uuid(),
  versionId: z.uuid(),
  definition: definitionSchema,
});

/** Splits `{first}:{second}`, a key of two ids. */
const ofTwo = (build: (first: string, second: string) => string) => (key: string) => {
  const separator = key.indexOf(":");
  return build(key.slice(0, separator), key.slice(separator + 1));
};

/** What lib/bot caches. A person's own change invalidates it; the TTL is for what no writer knows of. */
export const botNamespaces = defineNamespaces({
  /** By id; null when there is none. */
  bots: { schema: cachedBotSchema, ttlSeconds: 300, swrSeconds: 0, cacheNull: true },
  /** By `{telegramId}:{projectId}`. A new person is loaded until they are stored. */
  botProfiles: {
    ...{ schema: cachedPersonSchema, ttlSeconds: 30, swrSeconds: 0, cacheNull: false },
    entryKey: ofTwo(keys.userProfile),
  },
  /** By `{userId}:{projectId}`. */
  botVariables: {
    ...{ schema: cachedVariablesSchema, ttlSeconds: 120, swrSeconds: 0, cacheNull: true },
    entryKey: ofTwo(keys.userVariables),
  },
  /** By the person's id. A stale one is noticed by its revision when it is written. */
  botSessions: {
    ...{ schema: cachedSessionSchema, ttlSeconds: 300, swrSeconds: 0, cacheNull: false },
    entryKey: keys.waitingExecutions,
  },
  /** By `{projectId}:{workflowId}@{versionId}`: a version never changes. */
  botWorkflows: {
    ...{ schema: cachedWorkflowSchema, ttlSeconds: 3_600, swrSeconds: 0, cacheNull: false },
    entryKey: ofTwo(keys.workflowVersion),
  },
});

export type CachedBot = z.infer<typeof cachedBotSchema>;
export type CachedPerson = z.infer<typeof cachedPersonSchema>;
export type CachedSession = z.infer<typeof cachedSessionSchema>;
export type CachedVariables = z.infer<typeof cachedVariablesSchema>;
export type CachedWorkflow = z.infer<typeof cachedWorkflowSchema>;
