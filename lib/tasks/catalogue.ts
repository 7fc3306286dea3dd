import { z } from "zod";

/**
 * Every queue: what its payload looks like and how it is delivered. Names and policy only; the handlers
 * live in their domains and are found through registry.ts.
 */

interface QueueDefinition {
  /** Raised when an old payload could no longer be read by the new schema. */
  version: number;
  payload: z.ZodType;
  /** Best effort: published without a row, the sender makes up for a loss. */
  delivery: "best-effort";
  /** How often QStash tries again after a failure. */
  retries: number;
  timeoutSeconds: number;
}

export const queues = {
  /** Carries waiting views into Postgres soon after the first; the cron does the same. */
  "views-sync": {
    version: 1,
    payload: z.object({}),
    delivery: "best-effort",
    retries: 1,
    timeoutSeconds: 60,
  },
  /** Comes back and does nothing: shows that QStash accepts, signs and delivers. */
  probe: {
    version: 1,
    payload: z.object({ id: z.uuid() }),
    delivery: "best-effort",
    retries: 0,
    timeoutSeconds: 10,
  },
} as const satisfies Record<string, QueueDefinition>;

export type QueueName = keyof typeof queues;
export type Payload<Q extends QueueName> = z.output<(typeof queues)[Q]["payload"]>;

/** Whether there is such a queue. */
export function isQueue(name: string): name is QueueName {
  return Object.hasOwn(queues, name);
}

/** What a message carries. */
export const envelopeSchema = z.object({
  queue: z.string(),
  version: z.number().int(),
  payload: z.unknown(),
});
