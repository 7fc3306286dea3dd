import type { SigningKeys } from "./options";

/** Header names as QStash shows them (`Content-Type`), each with its values. */
export type HeaderMap = Record<string, string[]>;

export interface FlowSettings {
  key: string;
  parallelism?: number;
  rate?: number;
  /** Seconds. */
  period?: number;
}

/** What the API and the page must not show; deliveries are not changed. `headers: true` means all headers. */
export interface Redaction {
  body?: true;
  headers?: true | string[];
}

/** How one request is delivered: a message, its callback or its failure callback. */
export interface DeliveryOptions {
  method: string;
  headers: HeaderMap;
  delayMs?: number;
  /** Unix ms; takes precedence over `delayMs`. */
  notBefore?: number;
  retries?: number;
  /** A valid expression of `Upstash-Retry-Delay`. */
  retryDelay?: string;
  timeoutMs?: number;
  flow?: FlowSettings;
  labels: string[];
}

export interface CallbackOptions extends DeliveryOptions {
  url: string;
}

export interface MessageOptions extends DeliveryOptions {
  callback?: CallbackOptions;
  failureCallback?: CallbackOptions;
  redact?: Redaction;
  queueName?: string;
}

/** A queue slot that stays taken after its message has ended, until the message's callbacks have ended too. */
export interface HeldSlot {
  queue: string;
  /** Id of the message that took the slot. */
  place: string;
}

/** The part of a message that is fixed when it is accepted. */
export interface MessageSpec {
  id: string;
  kind: "message" | "callback" | "failureCallback";
  url: string;
  method: string;
  headers: HeaderMap;
  /** Base64 of the bytes. */
  body: string;
  /** Unix ms. */
  createdAt: number;
  notBefore: number;
  maxRetries: number;
  retryDelay?: string;
  timeoutMs?: number;
  callback?: CallbackOptions;
  failureCallback?: CallbackOptions;
  topicName?: string;
  endpointName?: string;
  queueName?: string;
  scheduleId?: string;
  callerIp?: string;
  labels: string[];
  flow?: FlowSettings;
  redact?: Redaction;
  /** The message whose attempt made this callback. */
  sourceMessageId?: string;
  holds?: HeldSlot;
}

export interface Message extends MessageSpec {
  /** Order of acceptance. */
  seq: number;
  state: "CREATED" | "ACTIVE" | "RETRY";
  retried: number;
  /** When the next attempt may start, unix ms. */
  dueAt: number;
  cancelRequested?: true;
}

/** The outcome of one delivery attempt, as the log stores it. */
export interface AttemptSummary {
  /** 0 without a response. */
  status: number;
  latencyMs: number;
  error?: string;
  headers?: Record<string, string[]>;
  /** Base64, truncated to `maxLoggedResponseBytes`. */
  body?: string;
}

export interface DeadLetter {
  dlqId: string;
  message: MessageSpec;
  retried: number;
  failedAt: number;
  status: number;
  headers: Record<string, string[]>;
  /** Base64, truncated to `maxResponseBytes`. */
  body: string;
  error?: string;
}

export interface Queue {
  name: string;
  parallelism: number;
  paused: boolean;
  createdAt: number;
  updatedAt: number;
}

export interface Endpoint {
  name?: string;
  url: string;
}

export interface UrlGroup {
  name: string;
  endpoints: Endpoint[];
  createdAt: number;
  updatedAt: number;
}

export interface ScheduleSpec extends MessageOptions {
  id: string;
  cron: string;
  /** URL or URL group, as given. */
  destination: string;
  body: string;
  callerIp?: string;
}

export type ScheduledState = "IN_PROGRESS" | "SUCCESS" | "FAIL";

export interface Schedule extends ScheduleSpec {
  createdAt: number;
  paused: boolean;
  /** The next tick, unix ms. */
  nextAt: number;
  /** The tick that fired last; no tick at or before it fires again. */
  lastTick?: number;
  lastAt?: number;
  lastStates: Record<string, ScheduledState>;
}

export interface FlowKey {
  key: string;
  /** 0 is no limit. */
  parallelism: number;
  rate: number;
  /** Seconds. */
  period: number;
  paused: boolean;
  pinnedParallelism: boolean;
  pinnedRate: boolean;
  /** Attempts started in the current period. */
  rateCount: number;
  /** Unix ms. */
  periodStart: number;
  usedAt: number;
}

export interface PublishResult {
  messageId: string;
  url: string;
}

export interface Deduplication {
  until: number;
  results: PublishResult[];
  /** Whether the response was a list, as for a URL group. */
  list: boolean;
}

export interface Keys extends SigningKeys {
  /** The pair before any rotation. A start with another pair replaces the rotated keys. */
  seed: SigningKeys;
}

export type LogState =
  | "CREATED"
  | "ACTIVE"
  | "ERROR"
  | "RETRY"
  | "DELIVERED"
  | "FAILED"
  | "CANCEL_REQUESTED"
  | "CANCELED";

export interface LogEntry {
  seq: number;
  time: number;
  messageId: string;
  state: LogState;
  nextDeliveryTime?: number;
  attempt?: AttemptSummary;
  retried?: number;
}

export interface Counters {
  published: number;
  deduplicated: number;
  delivered: number;
  retried: number;
  deadLettered: number;
  canceled: number;
}
