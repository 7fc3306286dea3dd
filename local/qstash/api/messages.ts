import { notFound } from "../errors";
import { parseCount, parseFilter, parseValues } from "../filters";
import { messageView } from "../views";
import type { Answer, Call, Route } from "./router";

export const messageRoutes: Route[] = [
  { method: "GET", pattern: "/v2/messages/:id", handle: getMessage },
  { method: "DELETE", pattern: "/v2/messages/:id", handle: cancelMessage },
  { method: "DELETE", pattern: "/v2/messages", handle: cancelMessages },
];

function getMessage({ api, params }: Call): Answer {
  const { store } = api;
  const id = params.id ?? "";
  const message = store.state.messages.get(id);
  if (message) return { body: messageView(message) };
  // Like QStash, keeps a finished message for a short time.
  const finished = store.state.log.messages.get(id);
  const retentionMs = store.state.limits.finishedMessageRetentionMs;
  if (finished?.finishedAt === undefined || finished.finishedAt + retentionMs < store.now()) {
    throw notFound(`message ${id}`);
  }
  return { body: messageView(finished.message) };
}

function cancelMessage({ api, params }: Call): Answer {
  const id = params.id ?? "";
  const cancelled = api.dispatcher.cancel([id]);
  // Canceling again is not an error while the log has the message: a client that got no answer retries.
  if (cancelled === 0 && !api.store.state.log.messages.has(id)) throw notFound(`message ${id}`);
  return { body: { cancelled } };
}

function cancelMessages({ api, query }: Call): Answer {
  const filter = parseFilter(query, ["messageIds", "host", "path"]);
  const requestedIds = parseValues(query, "messageIds");
  if (requestedIds) return { body: { cancelled: api.dispatcher.cancel(requestedIds) } };
  const { messages } = api.store.state;
  const limit = query.has("count") ? parseCount(query, 1, 500) : messages.size;
  const ids: string[] = [];
  for (const message of messages.values()) {
    if (ids.length >= limit) break;
    if (!message.cancelRequested && filter.matches(message, message.createdAt)) ids.push(message.id);
  }
  return { body: { cancelled: api.dispatcher.cancel(ids) } };
}
