import { canonicalName } from "./headers";
import type { DeadLetter, FlowSettings, HeaderMap, LogEntry, MessageSpec, Queue, Schedule } from "./model";
import { decodeUtf8, loggedBody, visibleBody, visibleHeaders } from "./redact";

/** The JSON of the API. Unknown fields are left out, as by QStash. */

export function messageView(message: MessageSpec) {
  return {
    messageId: message.id,
    url: message.url,
    topicName: message.topicName,
    endpointName: message.endpointName,
    method: message.method,
    header: visibleHeaders(message.headers, message.redact),
    ...visibleBody(message),
    maxRetries: message.maxRetries,
    retryDelayExpression: message.retryDelay,
    notBefore: message.notBefore,
    createdAt: message.createdAt,
    callback: message.callback?.url,
    failureCallback: message.failureCallback?.url,
    queueName: message.queueName,
    scheduleId: message.scheduleId,
    callerIP: message.callerIp,
    ...labelsView(message.labels),
    ...flowView(message.flow),
  };
}

export function deadLetterView(letter: DeadLetter) {
  const bytes = Buffer.from(letter.body, "base64");
  const text = decodeUtf8(bytes);
  // Without a response, the body is the error.
  const body = letter.status === 0 ? { responseBody: letter.error } : undefined;
  return {
    ...messageView(letter.message),
    dlqId: letter.dlqId,
    responseStatus: letter.status,
    responseHeader: canonicalHeaders(letter.headers),
    ...(body ?? (text === null ? { responseBodyBase64: letter.body } : { responseBody: text })),
  };
}

export function logView(entry: LogEntry, message: MessageSpec) {
  const { attempt } = entry;
  return {
    time: entry.time,
    messageId: message.id,
    header: visibleHeaders(message.headers, message.redact),
    body: loggedBody(message),
    state: entry.state,
    error: attempt?.error,
    nextDeliveryTime: entry.nextDeliveryTime,
    url: message.url,
    topicName: message.topicName,
    endpointName: message.endpointName,
    scheduleId: message.scheduleId,
    queueName: message.queueName,
    ...(entry.state === "ERROR" && attempt
      ? {
          responseStatus: attempt.status,
          responseBody: attempt.body,
          responseHeaders: attempt.headers && canonicalHeaders(attempt.headers),
        }
      : {}),
    timeout: message.timeoutMs,
    method: message.method,
    callback: message.callback?.url,
    callbackHeaders: message.callback && visibleHeaders(message.callback.headers, message.redact),
    failureCallback: message.failureCallback?.url,
    failureCallbackHeaders:
      message.failureCallback && visibleHeaders(message.failureCallback.headers, message.redact),
    maxRetries: message.maxRetries,
    retryDelayExpression: message.retryDelay,
    callerIP: message.callerIp,
    flowControlKey: message.flow?.key,
    ...labelsView(message.labels),
  };
}

export function queueView(queue: Queue, lag: number) {
  return { ...queue, lag };
}

export function scheduleView(schedule: Schedule) {
  return {
    scheduleId: schedule.id,
    cron: schedule.cron,
    createdAt: schedule.createdAt,
    destination: schedule.destination,
    method: schedule.method,
    header: visibleHeaders(schedule.headers, schedule.redact),
    ...visibleBody(schedule),
    retries: schedule.retries ?? 3,
    delay: schedule.delayMs === undefined ? undefined : schedule.delayMs / 1000,
    timeout: schedule.timeoutMs === undefined ? undefined : schedule.timeoutMs / 1000,
    callback: schedule.callback?.url,
    failureCallback: schedule.failureCallback?.url,
    callerIP: schedule.callerIp,
    isPaused: schedule.paused,
    queueName: schedule.queueName,
    retryDelayExpression: schedule.retryDelay,
    lastScheduleTime: schedule.lastAt,
    nextScheduleTime: schedule.paused ? undefined : schedule.nextAt,
    lastScheduleStates: schedule.lastAt === undefined ? undefined : schedule.lastStates,
    ...labelsView(schedule.labels),
    ...flowView(schedule.flow),
  };
}

function labelsView(labels: string[]) {
  return labels.length === 0 ? {} : { label: labels[0], labels };
}

function flowView(flow: FlowSettings | undefined) {
  if (!flow) return {};
  const { key, parallelism, rate, period } = flow;
  return { flowControlKey: key, parallelism, rate, period };
}

function canonicalHeaders(headers: Record<string, string[]>): HeaderMap {
  return Object.fromEntries(Object.entries(headers).map(([name, values]) => [canonicalName(name), values]));
}
