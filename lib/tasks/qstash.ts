import { Client, Receiver } from "@upstash/qstash";
import { z } from "zod";
import { env } from "../core/env";
import { getLane, type QueueName } from "./catalogue";

let cachedClient: Client | undefined;
let cachedReceiver: Receiver | undefined;

/** This process's QStash client. It has no timeout: wrap every call in `withTimeout`. */
export function qstash(): Client {
  cachedClient ??= new Client({
    baseUrl: env().QSTASH_URL,
    token: env().QSTASH_TOKEN,
    retry: false,
    enableTelemetry: false,
  });
  return cachedClient;
}

/** Verifies signatures with the current key, then the next. */
export function qstashReceiver(): Receiver {
  cachedReceiver ??= new Receiver({
    currentSigningKey: env().QSTASH_CURRENT_SIGNING_KEY,
    nextSigningKey: env().QSTASH_NEXT_SIGNING_KEY,
  });
  return cachedReceiver;
}

/** The URL that QStash delivers a queue's messages to, and that its signatures must contain. */
export function queueUrl(queue: string): string {
  return `${env().APP_URL}/api/qstash/${queue}`;
}

/** QStash's flow control settings of a queue's lane. */
export function getFlowControl(queue: QueueName) {
  const lane: { key: string; parallelism: number; ratePerSecond?: number } = getLane(queue);
  return {
    key: lane.key,
    parallelism: lane.parallelism,
    ...(lane.ratePerSecond === undefined ? {} : { rate: lane.ratePerSecond, period: 1 }),
  };
}

/** Body of a message: a reference to a task's row, or the payload itself where there is no row. */

const taskMessageSchema = z.object({
  queue: z.string(),
  taskId: z.uuid(),
  generation: z.int().positive(),
});

const bestEffortMessageSchema = z.object({
  queue: z.string(),
  version: z.int(),
  payload: z.unknown(),
});

export const messageSchema = z.union([taskMessageSchema, bestEffortMessageSchema]);

export type TaskMessage = z.infer<typeof taskMessageSchema>;
export type BestEffortMessage = z.infer<typeof bestEffortMessageSchema>;
