import { parseDelayExpression } from "./delay-expression";
import { assertName, assertUrl } from "./destination";
import { badRequest } from "./errors";
import { canonicalName, forwardedHeaders, type HeaderBag, isSendable } from "./headers";
import type { CallbackOptions, DeliveryOptions, FlowSettings, MessageOptions, Redaction } from "./model";
import { parseDuration } from "./parse-duration";

export interface PublishOptions extends MessageOptions {
  deduplicationId?: string;
  contentBasedDeduplication: boolean;
  cron?: string;
  scheduleId?: string;
}

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const YEAR_MS = 365 * 86_400_000;
const MAX_RETRIES = 1000;

/**
 * Parses the options in the headers of a publish, enqueue, schedule or batch item.
 * @throws {ApiError} 400 naming the header that is wrong
 */
export function parsePublishOptions(bag: HeaderBag): PublishOptions {
  const options = parseDeliveryOptions(bag, "upstash-");
  const contentType = bag.get("content-type");
  if (contentType) options.headers = { "Content-Type": contentType, ...options.headers };
  return {
    ...options,
    ...optional("callback", parseCallback(bag, "upstash-callback")),
    ...optional("failureCallback", parseCallback(bag, "upstash-failure-callback")),
    ...optional("redact", parseHeader(bag, "upstash-redact-fields", parseRedaction)),
    ...optional(
      "queueName",
      parseHeader(bag, "upstash-queue-name", (text) => assertName("queue name", text)),
    ),
    ...optional("deduplicationId", parseHeader(bag, "upstash-deduplication-id", parseDeduplicationId)),
    contentBasedDeduplication: parseHeader(bag, "upstash-content-based-deduplication", parseBoolean) ?? false,
    ...optional(
      "cron",
      parseHeader(bag, "upstash-cron", (text) => text),
    ),
    ...optional(
      "scheduleId",
      parseHeader(bag, "upstash-schedule-id", (text) => assertName("schedule id", text)),
    ),
  };
}

/** A callback has every option of a message with another prefix, such as `Upstash-Callback-Retries`. */
function parseCallback(bag: HeaderBag, name: string): CallbackOptions | undefined {
  const url = parseHeader(bag, name, (text) => assertUrl("callback", text));
  if (url === undefined) return undefined;
  const options = parseDeliveryOptions(bag, `${name}-`);
  return { ...options, headers: { "Content-Type": ["application/json"], ...options.headers }, url };
}

/** Parses the options that messages and callbacks share. */
export function parseDeliveryOptions(bag: HeaderBag, prefix: string): DeliveryOptions {
  for (const [name, values] of bag) {
    for (const value of values) if (!isSendable(name, value)) throw badRequest(`invalid header ${name}`);
  }
  return {
    method: parseHeader(bag, `${prefix}method`, parseMethod) ?? "POST",
    headers: forwardedHeaders(bag, `${prefix}forward-`),
    labels: parseHeader(bag, `${prefix}label`, parseLabels) ?? [],
    ...optional("delayMs", parseHeader(bag, `${prefix}delay`, parseDelay)),
    ...optional("notBefore", parseHeader(bag, `${prefix}not-before`, parseNotBefore)),
    ...optional("retries", parseHeader(bag, `${prefix}retries`, parseRetries)),
    ...optional("retryDelay", parseHeader(bag, `${prefix}retry-delay`, parseRetryDelay)),
    ...optional("timeoutMs", parseHeader(bag, `${prefix}timeout`, parseTimeout)),
    ...optional("flow", parseFlow(bag, prefix)),
  };
}

/** Reads one header. An error that `read` throws becomes a 400 with the header's name. */
function parseHeader<T>(bag: HeaderBag, name: string, read: (text: string) => T): T | undefined {
  const text = bag.get(name)?.[0]?.trim();
  if (text === undefined || text === "") return undefined;
  try {
    return read(text);
  } catch (error) {
    if (error instanceof Error && error.name === "ApiError") throw error;
    throw badRequest(
      `invalid ${canonicalName(name)} header "${text}": ${error instanceof Error ? error.message : error}`,
    );
  }
}

/** Returns `{}` instead of `{ key: undefined }`, so that unset options are not stored. */
function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };
}

function parseMethod(text: string): string {
  const method = text.toUpperCase();
  if (!METHODS.includes(method)) throw new Error(`expected one of ${METHODS.join(", ")}`);
  return method;
}

function requireDuration(text: string): number {
  const value = parseDuration(text);
  if (value === null) throw new Error('expected a duration such as "5s" or "1d10h30m"');
  return value;
}

function parseDelay(text: string): number {
  const value = requireDuration(text);
  if (value > YEAR_MS) throw new Error("the longest delay is 365 days");
  return value;
}

function parseTimeout(text: string): number {
  const value = requireDuration(text);
  if (value <= 0) throw new Error("expected more than 0 seconds");
  return value;
}

function parseNotBefore(text: string): number {
  if (!/^\d{1,12}$/.test(text)) throw new Error("expected a unix timestamp in seconds");
  return Number(text) * 1000;
}

function parseRetries(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) > MAX_RETRIES) {
    throw new Error(`expected a whole number from 0 to ${MAX_RETRIES}`);
  }
  return Number(text);
}

function parseRetryDelay(text: string): string {
  parseDelayExpression(text);
  return text;
}

function parseBoolean(text: string): boolean {
  if (!/^(true|false)$/i.test(text)) throw new Error('expected "true" or "false"');
  return text.toLowerCase() === "true";
}

function parseDeduplicationId(text: string): string {
  if (text.includes(":")) throw badRequest("DeduplicationId cannot contain ':'");
  return text;
}

function parseLabels(text: string): string[] {
  const labels = text.split(",").map((label) => label.trim());
  return [...new Set(labels.filter((label) => label !== ""))];
}

/** Parses `body, header[Authorization]`; `headers` means all of them. */
function parseRedaction(text: string): Redaction {
  const redaction: Redaction = {};
  for (const part of text.split(",").map((field) => field.trim())) {
    const named = /^headers?\[([^\]]+)\]$/.exec(part)?.[1];
    if (part === "body") redaction.body = true;
    else if (part === "header" || part === "headers") redaction.headers = true;
    else if (named === undefined) throw new Error(`unknown field "${part}"`);
    else if (redaction.headers !== true) {
      redaction.headers = [...(redaction.headers ?? []), canonicalName(named.trim())];
    }
  }
  return redaction;
}

function parseFlow(bag: HeaderBag, prefix: string): FlowSettings | undefined {
  const keyName = `${prefix}flow-control-key`;
  const valueName = `${prefix}flow-control-value`;
  const key = parseHeader(bag, keyName, (text) => text);
  const value = parseHeader(bag, valueName, parseFlowValue);
  if (key === undefined && value === undefined) return undefined;
  if (key === undefined) throw badRequest(`${canonicalName(valueName)} needs ${canonicalName(keyName)}`);
  if (value === undefined) throw badRequest(`${canonicalName(keyName)} needs ${canonicalName(valueName)}`);
  return { key, ...value };
}

/** Parses `parallelism=3, rate=5, period=1m`; the period needs a rate and defaults to one second. */
function parseFlowValue(text: string): Omit<FlowSettings, "key"> {
  const value: Omit<FlowSettings, "key"> = {};
  for (const part of text.split(",")) {
    const [, name, setting] = /^\s*(\w+)\s*=\s*(\S+)\s*$/.exec(part) ?? [];
    if (name === undefined || setting === undefined) throw new Error(`cannot read "${part.trim()}"`);
    switch (name.toLowerCase()) {
      case "parallelism":
        value.parallelism = parsePositive(name, setting);
        break;
      case "rate":
      case "ratepersecond":
        value.rate = parsePositive(name, setting);
        break;
      case "period":
        value.period = requireDuration(setting) / 1000;
        if (value.period <= 0) throw new Error("period must be more than 0");
        break;
      default:
        throw new Error(`unknown setting "${name}"`);
    }
  }
  if (value.parallelism === undefined && value.rate === undefined) {
    throw new Error("expected parallelism or rate");
  }
  if (value.rate === undefined) delete value.period;
  else value.period ??= 1;
  return value;
}

function parsePositive(name: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`${name} must be a whole number from 1`);
  return Number(text);
}
