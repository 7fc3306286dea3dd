import { buildMessage } from "./build-message";
import type { DeliveryResult } from "./deliverer";
import { canonicalName } from "./headers";
import type { CallbackOptions, HeldSlot, Message, MessageSpec, Redaction } from "./model";

/** One delivery attempt that a callback reports, with the dead letter if it was the last attempt. */
export interface CallbackSubject {
  message: MessageSpec;
  retried: number;
  result: Pick<DeliveryResult, "status" | "headers" | "body" | "error">;
  dlqId?: string;
}

/** Builds the callbacks of one attempt: separate messages, signed and retried like any other. */
export function buildCallbacks(subject: CallbackSubject & { message: Message }, now: number): MessageSpec[] {
  const { message, dlqId } = subject;
  const holds: HeldSlot | undefined =
    message.queueName === undefined ? undefined : { queue: message.queueName, place: message.id };
  const callbacks: MessageSpec[] = [];
  if (message.callback) callbacks.push(buildCallback("callback", message.callback, subject, now, holds));
  if (message.failureCallback && dlqId !== undefined) {
    callbacks.push(buildCallback("failureCallback", message.failureCallback, subject, now, holds));
  }
  return callbacks;
}

export function buildCallback(
  kind: "callback" | "failureCallback",
  options: CallbackOptions,
  subject: CallbackSubject,
  now: number,
  holds?: HeldSlot,
): MessageSpec {
  const { message } = subject;
  const body = Buffer.from(JSON.stringify(callbackPayload(subject))).toString("base64");
  const built = buildMessage(
    {
      // Documented: a callback without its own setting has as many retries as its message.
      options: { retries: message.maxRetries, ...options, redact: callbackRedaction(message) },
      body,
      endpoint: { url: options.url },
      scheduleId: message.scheduleId,
      callerIp: message.callerIp,
    },
    now,
  );
  return { ...built, kind, sourceMessageId: message.id, holds };
}

function callbackPayload({ message, retried, result, dlqId }: CallbackSubject): Record<string, unknown> {
  return {
    status: result.status,
    header: Object.fromEntries(
      Object.entries(result.headers).map(([name, values]) => [canonicalName(name), values]),
    ),
    body:
      result.status === 0
        ? Buffer.from(result.error ?? "").toString("base64")
        : result.body.toString("base64"),
    retried,
    maxRetries: message.maxRetries,
    dlqId,
    sourceMessageId: message.id,
    topicName: message.topicName,
    endpointName: message.endpointName,
    url: message.url,
    method: message.method,
    sourceHeader: message.headers,
    sourceBody: message.body,
    notBefore: message.notBefore,
    createdAt: message.createdAt,
    scheduleId: message.scheduleId,
    callerIP: message.callerIp,
  };
}

/** The payload contains the message's body and headers, so a redacted message gets a redacted callback body. */
function callbackRedaction(message: MessageSpec): Redaction | undefined {
  return message.redact ? { body: true } : undefined;
}
