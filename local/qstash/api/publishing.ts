import { assertName, unwrapDestination } from "../destination";
import { ApiError, badRequest } from "../errors";
import type { HeaderBag } from "../headers";
import { newId } from "../ids";
import { type PublishOptions, parsePublishOptions } from "../message-options";
import { type PublishResponse, publish } from "../publish";
import { requireMessages } from "../quota";
import { refuseWorkflow } from "../refuse-workflow";
import { type Answer, type Call, jsonBody, type Route } from "./router";

/** Routes that accept messages: publish, enqueue, batch and schedule creation. */
export const publishingRoutes: Route[] = [
  {
    method: "POST",
    pattern: "/v2/publish/*",
    handle: (call) => publishOne(call, readOptions(call.headers)),
  },
  {
    method: "POST",
    pattern: "/v2/enqueue/:queue/*",
    handle(call) {
      const queueName = assertName("queue name", call.params.queue ?? "");
      return publishOne(call, { ...readOptions(call.headers), queueName });
    },
  },
  { method: "POST", pattern: "/v2/batch", handle: batch },
  {
    method: "POST",
    pattern: "/v2/schedules/*",
    handle: (call) => createSchedule(call, readOptions(call.headers)),
  },
];

function readOptions(headers: HeaderBag): PublishOptions {
  refuseWorkflow(headers);
  return parsePublishOptions(headers);
}

function publishOne(call: Call, options: PublishOptions): Answer {
  if (options.cron !== undefined) return createSchedule(call, options);
  const destination = unwrapDestination(call.params.rest ?? "");
  const { body, callerIp } = call;
  const { answer, deduplicated } = publish(call.api.store, { destination, options, body, callerIp });
  return { status: deduplicated ? 202 : 200, body: answer };
}

function createSchedule(call: Call, options: PublishOptions): Answer {
  if (options.cron === undefined) throw badRequest("Upstash-Cron header is missing");
  const { cron, scheduleId, deduplicationId: _id, contentBasedDeduplication: _content, ...message } = options;
  const id = scheduleId ?? newId("scd");
  call.api.schedules.set({
    ...message,
    id,
    cron,
    destination: unwrapDestination(call.params.rest ?? ""),
    body: call.body.toString("base64"),
    callerIp: call.callerIp,
  });
  return { body: { scheduleId: id } };
}

/**
 * Publishes each message separately: a refused one gives `{ error }` at its index, and the others are sent, also where
 * the day's messages run out within the batch. Once they have run out the whole batch is refused. A message
 * of a workflow refuses the whole batch before anything is sent, because the Workflow SDK ignores the entries of the
 * response.
 */
function batch(call: Call): Answer {
  const items = jsonBody(call);
  if (!Array.isArray(items)) throw badRequest("expected an array of messages");
  const messages = items.map((item: unknown) => catchRefusal(() => readItem(item)));
  refuseWorkflow(call.headers);
  for (const message of messages) if (!("error" in message)) refuseWorkflow(message.headers);
  requireMessages(call.api.store, 1);
  const answers = messages.map((message): PublishResponse | Refusal =>
    "error" in message ? message : catchRefusal(() => publishItem(call, message)),
  );
  return { body: answers };
}

interface BatchItem {
  destination: string;
  headers: HeaderBag;
  body: Buffer;
  queueName?: string;
}

interface Refusal {
  error: string;
}

function catchRefusal<T>(work: () => T): T | Refusal {
  try {
    return work();
  } catch (error) {
    if (error instanceof ApiError && error.status < 500) return { error: error.message };
    throw error;
  }
}

function publishItem(call: Call, { destination, headers, body, queueName }: BatchItem): PublishResponse {
  const options = parsePublishOptions(headers);
  if (options.cron !== undefined) throw badRequest("a schedule cannot be made in a batch");
  return publish(call.api.store, {
    destination,
    options: queueName === undefined ? options : { ...options, queueName },
    body,
    callerIp: call.callerIp,
  }).answer;
}

function readItem(item: unknown): BatchItem {
  if (typeof item !== "object" || item === null) throw badRequest("expected an object");
  const { destination, headers = {}, body = "", queue } = item as Record<string, unknown>;
  if (typeof destination !== "string" || destination === "") throw badRequest("destination is missing");
  if (typeof body !== "string") throw badRequest("body must be a string");
  if (typeof headers !== "object" || headers === null) throw badRequest("headers must be an object");
  const bag = new Map<string, string[]>();
  for (const [name, value] of Object.entries(headers)) {
    const list = Array.isArray(value) ? value.map(String) : [String(value)];
    bag.set(name.toLowerCase(), [...(bag.get(name.toLowerCase()) ?? []), ...list]);
  }
  return {
    destination,
    headers: bag,
    body: Buffer.from(body),
    ...(queue === undefined ? {} : { queueName: assertName("queue name", String(queue)) }),
  };
}
