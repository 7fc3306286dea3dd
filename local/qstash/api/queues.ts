import { assertName } from "../destination";
import { badRequest, notFound } from "../errors";
import type { Queue } from "../model";
import { requireWithinPlan } from "../quota";
import { queueView } from "../views";
import { type Answer, type Api, type Call, jsonBody, type Route } from "./router";

export const queueRoutes: Route[] = [
  { method: "POST", pattern: "/v2/queues", handle: upsertQueue },
  { method: "GET", pattern: "/v2/queues", handle: ({ api }) => ({ body: listQueues(api) }) },
  { method: "GET", pattern: "/v2/queues/:name", handle: getQueue },
  { method: "DELETE", pattern: "/v2/queues/:name", handle: deleteQueue },
  { method: "POST", pattern: "/v2/queues/:name/pause", handle: (call) => setPaused(call, true) },
  { method: "POST", pattern: "/v2/queues/:name/resume", handle: (call) => setPaused(call, false) },
];

export function listQueues(api: Api): ReturnType<typeof queueView>[] {
  return [...api.store.state.queues.values()].map((queue) => toQueueView(api, queue));
}

function toQueueView(api: Api, queue: Queue): ReturnType<typeof queueView> {
  return queueView(queue, api.store.state.messageIdsByQueue.get(queue.name)?.size ?? 0);
}

function upsertQueue(call: Call): Answer {
  const body = jsonBody(call);
  if (typeof body !== "object" || body === null) throw badRequest("expected an object");
  const { queueName, parallelism, paused } = body as Record<string, unknown>;
  if (typeof queueName !== "string") throw badRequest("queueName is missing");
  const name = assertName("queue name", queueName);
  if (parallelism !== undefined && !(Number.isSafeInteger(parallelism) && Number(parallelism) > 0)) {
    throw badRequest("parallelism must be a whole number greater than 0");
  }
  if (paused !== undefined && typeof paused !== "boolean") throw badRequest("paused must be true or false");
  const { queues } = call.api.store.state;
  if (!queues.has(name)) requireWithinPlan(call.api.store, "maxQueues", queues.size + 1);
  call.api.store.commit({ t: "queueSet", name, parallelism: parallelism as number | undefined, paused });
  call.api.dispatcher.onQueueChanged(name);
  return {};
}

function getQueue({ api, params }: Call): Answer {
  const name = assertName("queue name", params.name ?? "");
  const queue = api.store.state.queues.get(name);
  if (!queue) throw notFound(`queue ${name}`);
  return { body: toQueueView(api, queue) };
}

/** Deletes a queue and cancels its messages, which could no longer be paused or listed. */
function deleteQueue({ api, params }: Call): Answer {
  const name = assertName("queue name", params.name ?? "");
  api.dispatcher.cancel([...(api.store.state.messageIdsByQueue.get(name) ?? [])]);
  api.store.commit({ t: "queueRemoved", name });
  return {};
}

function setPaused({ api, params }: Call, paused: boolean): Answer {
  const name = assertName("queue name", params.name ?? "");
  if (!api.store.state.queues.has(name)) throw notFound(`queue ${name}`);
  api.store.commit({ t: "queueSet", name, paused });
  api.dispatcher.onQueueChanged(name);
  return {};
}
