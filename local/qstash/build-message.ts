import { newId } from "./ids";
import type { Endpoint, MessageOptions, MessageSpec } from "./model";

/** QStash's default. */
const DEFAULT_RETRIES = 3;

/** The input of a message: from a publish, a tick of a schedule, or a retried dead letter. */
export interface MessageSource {
  options: MessageOptions;
  /** Base64. */
  body: string;
  endpoint: Endpoint;
  topicName?: string;
  scheduleId?: string;
  callerIp?: string;
}

export function buildMessage(source: MessageSource, now: number): MessageSpec {
  const { options, endpoint } = source;
  return {
    id: newId("msg"),
    kind: "message",
    url: endpoint.url,
    method: options.method,
    headers: options.headers,
    body: source.body,
    createdAt: now,
    // A time in the past becomes now, so that it gives no precedence over earlier arrivals.
    notBefore: Math.max(now, options.notBefore ?? now + (options.delayMs ?? 0)),
    maxRetries: options.retries ?? DEFAULT_RETRIES,
    retryDelay: options.retryDelay,
    timeoutMs: options.timeoutMs,
    callback: options.callback,
    failureCallback: options.failureCallback,
    topicName: source.topicName,
    endpointName: endpoint.name,
    queueName: options.queueName,
    scheduleId: source.scheduleId,
    callerIp: source.callerIp,
    labels: options.labels,
    flow: options.flow,
    redact: options.redact,
  };
}
