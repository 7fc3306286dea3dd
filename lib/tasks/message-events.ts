import { z } from "zod";
import { log } from "../core/log";
import { withTimeout } from "../core/with-timeout";
import { qstash } from "./publish";

/** A page waits this long for QStash at most, and shows the rest. */
const TIMEOUT_MS = 1_500;
const MAX_EVENTS = 100;

export const messageEventSchema = z.object({
  messageId: z.string(),
  at: z.iso.datetime(),
  /** As QStash names it: `CREATED`, `ACTIVE`, `ERROR`, `RETRY`, `DELIVERED`, `FAILED`, … */
  state: z.string(),
  /** The status that QStash got, and what it says of it. */
  responseStatus: z.int().nullable(),
  error: z.string().nullable(),
  /** When QStash delivers it again. */
  nextDeliveryAt: z.iso.datetime().nullable(),
});

export type MessageEvent = z.infer<typeof messageEventSchema>;

export const messageEventsSchema = z.object({
  /** False when QStash did not answer: then there may be events. */
  available: z.boolean(),
  /** Oldest first. QStash keeps them for some days only. */
  events: z.array(messageEventSchema),
});

export type MessageEvents = z.infer<typeof messageEventsSchema>;

const logsSchema = z.array(
  z.object({
    messageId: z.string(),
    time: z.number(),
    state: z.string(),
    error: z.string().optional(),
    responseStatus: z.int().optional(),
    nextDeliveryTime: z.number().optional(),
  }),
);

/** What QStash did with messages, from its log. Never throws: a page about a task does not fail with QStash. */
export async function readMessageEvents(messageIds: readonly string[]): Promise<MessageEvents> {
  if (messageIds.length === 0) return { available: true, events: [] };
  try {
    const { logs } = await withTimeout(
      qstash().logs({ messageIds: [...messageIds], count: MAX_EVENTS }),
      TIMEOUT_MS,
    );
    const events = logsSchema.parse(logs).map(
      ({ messageId, time, state, error, responseStatus, nextDeliveryTime }): MessageEvent => ({
        messageId,
        at: new Date(time).toISOString(),
        state,
        responseStatus: responseStatus ?? null,
        error: error ?? null,
        nextDeliveryAt: nextDeliveryTime ? new Date(nextDeliveryTime).toISOString() : null,
      }),
    );
    return { available: true, events: events.reverse() };
  } catch (error) {
    log().warn({ err: error }, "events of messages not read: QStash unavailable");
    return { available: false, events: [] };
  }
}
