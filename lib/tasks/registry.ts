import type { Payload, QueueName } from "./catalogue";

/** What `<queue>.task.ts` exports as `handle`. It must stand being run twice. */
export type Handler<Q extends QueueName> = (payload: Payload<Q>) => Promise<void>;

/** Queue -> its handler, loaded when the first message comes, so that a queue's code costs the others nothing. */
export const handlers: { [Q in QueueName]: () => Promise<Handler<Q>> } = {
  "views-sync": async () => (await import("../views/views-sync.task")).handle,
  probe: async () => (await import("../health/probe.task")).handle,
};
