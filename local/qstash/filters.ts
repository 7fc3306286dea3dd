import { badRequest } from "./errors";
import type { MessageSpec } from "./model";

/** Filters of messages, dead letters and log entries alike. */
const SHARED_FILTERS = [
  "url",
  "topicName",
  "scheduleId",
  "queueName",
  "callerIp",
  "callerIP",
  "label",
  "flowControlKey",
  "fromDate",
  "toDate",
];
/** Parameters that are no filters; `api` is accepted for old clients and ignored. */
const ALWAYS_ALLOWED = ["count", "cursor", "api", "qstash_token"];

export interface MessageFilter {
  /** Whether the query has any filter. */
  isNarrowing: boolean;
  /** @param time  unix ms of a message's creation, a dead letter's failure, or a log entry */
  matches(message: MessageSpec, time: number): boolean;
}

/**
 * Parses the filters of a query string: several values of one filter mean "any of", several filters "all of". An
 * unknown name is refused: a bulk delete that ignored a misspelt filter would delete everything.
 *
 * @param extra  further parameters of the endpoint; only `host` and `path` are applied here
 * @throws {ApiError} 400
 */
export function parseFilter(query: URLSearchParams, extra: string[]): MessageFilter {
  for (const name of query.keys()) {
    if (!SHARED_FILTERS.includes(name) && !extra.includes(name) && !ALWAYS_ALLOWED.includes(name)) {
      throw badRequest(`unknown query parameter "${name}"`);
    }
  }
  const tests: ((message: MessageSpec, time: number) => boolean)[] = [];
  const anyOf = (name: string, read: (message: MessageSpec) => string | undefined): void => {
    const wanted = parseValues(query, name);
    if (!wanted) return;
    tests.push((message) => {
      const value = read(message);
      return value !== undefined && wanted.has(value);
    });
  };
  anyOf("url", (message) => message.url);
  anyOf("topicName", (message) => message.topicName);
  anyOf("scheduleId", (message) => message.scheduleId);
  anyOf("queueName", (message) => message.queueName);
  anyOf("callerIp", (message) => message.callerIp);
  anyOf("callerIP", (message) => message.callerIp);
  anyOf("flowControlKey", (message) => message.flow?.key);
  if (extra.includes("host")) anyOf("host", (message) => new URL(message.url).host);
  if (extra.includes("path")) anyOf("path", (message) => new URL(message.url).pathname);
  const labels = parseValues(query, "label");
  if (labels) tests.push((message) => message.labels.some((label) => labels.has(label)));
  const from = parseInteger(query, "fromDate");
  if (from !== undefined) tests.push((_, time) => time >= from);
  const to = parseInteger(query, "toDate");
  if (to !== undefined) tests.push((_, time) => time <= to);
  return {
    isNarrowing: tests.length > 0,
    matches: (message, time) => tests.every((test) => test(message, time)),
  };
}

/**
 * All values of a parameter, null without any. Values are repeated or separated by commas; a value that contains a
 * comma (as a URL may) also matches as a whole.
 */
export function parseValues(query: URLSearchParams, name: string): Set<string> | null {
  const values = query.getAll(name).filter((value) => value !== "");
  return values.length === 0 ? null : new Set([...values, ...values.flatMap((value) => value.split(","))]);
}

/** @throws {ApiError} 400 when it is not a whole number */
export function parseInteger(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === "") return undefined;
  if (!/^\d{1,15}$/.test(text)) throw badRequest(`invalid ${name} "${text}": expected a whole number`);
  return Number(text);
}

/** Reads `count`, capped at `max`. @throws {ApiError} 400 when it is not a whole number from 1 */
export function parseCount(query: URLSearchParams, fallback: number, max: number): number {
  const count = parseInteger(query, "count") ?? fallback;
  if (count < 1) throw badRequest(`invalid count "${count}": expected a whole number from 1`);
  return Math.min(count, max);
}
