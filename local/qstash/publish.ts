import { createHash } from "node:crypto";
import { buildMessage } from "./build-message";
import { resolveDestination } from "./destination";
import { badRequest } from "./errors";
import type { PublishOptions } from "./message-options";
import type { PublishResult } from "./model";
import { requireMessages, requireWithinPlan } from "./quota";
import type { Store } from "./store";

export interface PublishRequest {
  /** URL or URL group. */
  destination: string;
  options: PublishOptions;
  body: Buffer;
  callerIp?: string;
}

export type PublishResponse =
  | (PublishResult & { deduplicated?: true })
  | { messageId: string; url: string }[];

/**
 * Accepts a message, or one per endpoint of a URL group. The caller may answer only after the store is durable, even
 * for a duplicate: its answer acknowledges the messages of the first publish.
 *
 * @throws {ApiError} 400; 412 and 429 for what the plan does not allow
 */
export function publish(
  store: Store,
  request: PublishRequest,
): { answer: PublishResponse; deduplicated: boolean } {
  const { options, callerIp } = request;
  const destination = resolveDestination(store.state, request.destination);
  const { topicName } = destination;
  if (destination.endpoints.length === 0)
    throw badRequest(`url group "${request.destination}" has no endpoints`);
  const now = store.now();

  const id = deduplicationKey(request);
  const duplicate = id === null ? undefined : store.state.deduplications.get(id);
  if (duplicate && duplicate.until > now) {
    store.commit({ t: "duplicate" });
    return { answer: toPublishResponse(duplicate.results, duplicate.list, true), deduplicated: true };
  }

  requireMessages(store, destination.endpoints.length);
  requireWithinPlan(store, "maxMessageBytes", request.body.length);
  requireWithinPlan(store, "maxDelayMs", delayOf(options, now));
  const { queues } = store.state;
  if (options.queueName !== undefined && !queues.has(options.queueName)) {
    requireWithinPlan(store, "maxQueues", queues.size + 1);
  }
  const body = request.body.toString("base64");
  const messages = destination.endpoints.map((endpoint) =>
    buildMessage({ options, body, endpoint, topicName, callerIp }, now),
  );
  const results = messages.map((message) => ({ messageId: message.id, url: message.url }));
  const list = topicName !== undefined;
  const entry = { until: now + store.state.limits.dedupWindowMs, results, list };
  store.commit(
    ...messages.map((message) => ({ t: "created" as const, message })),
    ...(id === null ? [] : [{ t: "deduplicates" as const, id, entry }]),
  );
  return { answer: toPublishResponse(results, list, false), deduplicated: false };
}

function delayOf({ notBefore, delayMs = 0 }: PublishOptions, now: number): number {
  return notBefore === undefined ? delayMs : notBefore - now;
}

function toPublishResponse(results: PublishResult[], list: boolean, deduplicated: boolean): PublishResponse {
  const shaped = deduplicated
    ? results.map((result) => ({ ...result, deduplicated: true as const }))
    : results;
  const [first] = shaped;
  return list || !first ? shaped : first;
}

/** Ids from callers and content hashes have different prefixes, so that they cannot collide. */
function deduplicationKey({ options, destination, body }: PublishRequest): string | null {
  if (options.deduplicationId !== undefined) return `id:${options.deduplicationId}`;
  if (!options.contentBasedDeduplication) return null;
  const hash = createHash("sha256");
  const headers = Object.entries(options.headers).sort(([a], [b]) => (a < b ? -1 : 1));
  hash.update(JSON.stringify([destination, options.queueName ?? null, headers])).update(body);
  return `content:${hash.digest("base64url")}`;
}
