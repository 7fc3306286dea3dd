import { buildMessage } from "../build-message";
import { buildCallback } from "../callbacks";
import { badRequest, notFound } from "../errors";
import { parseCount, parseFilter, parseValues } from "../filters";
import type { HeaderBag } from "../headers";
import { parsePublishOptions } from "../message-options";
import type { DeadLetter, MessageSpec } from "../model";
import { requireMessages } from "../quota";
import { deadLetterView } from "../views";
import type { Answer, Api, Call, Route } from "./router";

const PAGE_SIZE = 100;

export const deadLetterRoutes: Route[] = [
  { method: "GET", pattern: "/v2/dlq", handle: listLetters },
  { method: "DELETE", pattern: "/v2/dlq", handle: deleteLetters },
  { method: "POST", pattern: "/v2/dlq/retry", handle: retryLetters },
  { method: "POST", pattern: "/v2/dlq/retry/:id", handle: retryLetter },
  { method: "POST", pattern: "/v2/dlq/callback/:id", handle: resendFailureCallback },
  { method: "GET", pattern: "/v2/dlq/:id", handle: (call) => ({ body: deadLetterView(findLetter(call)) }) },
  {
    method: "DELETE",
    pattern: "/v2/dlq/:id",
    handle(call) {
      call.api.store.commit({ t: "lettersRemoved", ids: [findLetter(call).dlqId] });
      return {};
    },
  },
];

function listLetters({ api, query }: Call): Answer {
  const { letters, cursor } = selectLetters(api, query);
  return { body: { messages: letters.map(deadLetterView), cursor } };
}

function deleteLetters({ api, query }: Call): Answer {
  const { letters, cursor } = selectLetters(api, query);
  api.store.commit({ t: "lettersRemoved", ids: letters.map((letter) => letter.dlqId) });
  return { body: { deleted: letters.length, cursor } };
}

function retryLetters({ api, query, headers }: Call): Answer {
  const { letters, cursor } = selectLetters(api, query);
  const responses = retryDeadLetters(api, letters, headers).map(({ id }) => ({ messageId: id }));
  return { status: 201, body: { responses, cursor } };
}

function retryLetter(call: Call): Answer {
  const [message] = retryDeadLetters(call.api, [findLetter(call)], call.headers);
  return { status: 201, body: { messageId: message?.id } };
}

/** Sends the failure callback of a dead letter again. The letter stays. */
function resendFailureCallback(call: Call): Answer {
  const { store } = call.api;
  const { message, retried, dlqId, ...letter } = findLetter(call);
  const options = message.failureCallback;
  if (!options) throw badRequest(`dead letter ${dlqId} has no failure callback`);
  const result = { ...letter, body: Buffer.from(letter.body, "base64") };
  const subject = { message, retried, dlqId, result };
  const callback = buildCallback("failureCallback", options, subject, store.now());
  store.commit({ t: "created", message: callback });
  return { status: 201, body: { messageId: callback.id } };
}

/**
 * Sends dead letters again as new messages and removes the letters, atomically: a crash leaves either the letter or
 * its message. Headers of the request override the options of the message.
 */
export function retryDeadLetters(api: Api, letters: DeadLetter[], headers: HeaderBag): MessageSpec[] {
  const { store } = api;
  const now = store.now();
  const override = parseOverrides(headers);
  const messages = letters.map(({ message: dead }): MessageSpec => {
    const fresh = buildMessage(
      {
        options: {
          method: dead.method,
          headers: dead.headers,
          retries: dead.maxRetries,
          retryDelay: dead.retryDelay,
          timeoutMs: dead.timeoutMs,
          callback: dead.callback,
          failureCallback: dead.failureCallback,
          labels: dead.labels,
          flow: dead.flow,
          redact: dead.redact,
          queueName: dead.queueName,
          ...override,
        },
        body: dead.body,
        endpoint: { url: dead.url, name: dead.endpointName },
        topicName: dead.topicName,
        scheduleId: dead.scheduleId,
        callerIp: dead.callerIp,
      },
      now,
    );
    return { ...fresh, kind: dead.kind, sourceMessageId: dead.sourceMessageId };
  });
  if (messages.length === 0) return [];
  requireMessages(store, messages.length);
  store.commit(...messages.map((message) => ({ t: "created" as const, message })), {
    t: "lettersRemoved",
    ids: letters.map((letter) => letter.dlqId),
  });
  return messages;
}

/** Only the options that the request sets: a default must not override the message's option. */
function parseOverrides(headers: HeaderBag): Partial<ReturnType<typeof parsePublishOptions>> {
  const upstashHeaders = new Map([...headers].filter(([name]) => name.startsWith("upstash-")));
  if (upstashHeaders.size === 0) return {};
  const options = parsePublishOptions(upstashHeaders);
  const { method, headers: forwarded, labels, contentBasedDeduplication: _, ...rest } = options;
  return {
    ...rest,
    ...(upstashHeaders.has("upstash-method") ? { method } : {}),
    ...(Object.keys(forwarded).length > 0 ? { headers: forwarded } : {}),
    ...(labels.length > 0 ? { labels } : {}),
  };
}

function findLetter({ api, params }: Call): DeadLetter {
  const letter = api.store.state.deadLetters.get(params.id ?? "");
  if (!letter) throw notFound(`dead letter ${params.id}`);
  return letter;
}

/** The letters that a request selects, newest first, and the cursor of the next page. */
function selectLetters(api: Api, query: URLSearchParams): { letters: DeadLetter[]; cursor?: string } {
  const { deadLetters } = api.store.state;
  const filter = parseFilter(query, ["dlqIds", "messageId", "messageIds", "responseStatus"]);
  const limit = parseCount(query, PAGE_SIZE, PAGE_SIZE);
  const ids = parseValues(query, "dlqIds");
  const messageIds = parseValues(query, "messageId") ?? parseValues(query, "messageIds");
  const statuses = parseValues(query, "responseStatus");
  const cursor = query.get("cursor") || null;
  if (cursor !== null && !/^\d+-\d+$/.test(cursor)) throw badRequest(`invalid cursor "${cursor}"`);
  if (ids) return { letters: [...ids].flatMap((id) => deadLetters.get(id) ?? []) };
  const letters: DeadLetter[] = [];
  for (const letter of [...deadLetters.values()].reverse()) {
    if (cursor !== null && letterNumber(letter.dlqId) >= letterNumber(cursor)) continue;
    if (messageIds && !messageIds.has(letter.message.id)) continue;
    if (statuses && !statuses.has(String(letter.status))) continue;
    if (!filter.matches(letter.message, letter.failedAt)) continue;
    if (letters.length === limit) return { letters, cursor: letters.at(-1)?.dlqId };
    letters.push(letter);
  }
  return { letters };
}

/** The second half of an id, the number of the letter. */
const letterNumber = (dlqId: string): number => Number(dlqId.slice(dlqId.indexOf("-") + 1));
