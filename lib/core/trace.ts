import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";

/**
 * Which request something was done for. Carried as W3C Trace Context, so that a tracing service in front of us
 * or behind sees one trace: https://www.w3.org/TR/trace-context/
 */

const TRACEPARENT_PATTERN = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const ALL_ZEROS = /^0+$/;

const storage = new AsyncLocalStorage<string>();

/** The `traceparent` of what is being done now; undefined outside a request or task. */
export function currentTraceparent(): string | undefined {
  return storage.getStore();
}

/** The 32 hexadecimal digits that all parts of one trace share, for log lines. */
export function getTraceId(traceparent: string): string {
  return traceparent.slice(3, 35);
}

/**
 * Runs work as a part of the trace it came with, or of a new one.
 * @param parent  a `traceparent` from outside: one that is not well-formed is ignored
 */
export function withTrace<R>(parent: string | null | undefined, work: () => R): R {
  const match = TRACEPARENT_PATTERN.exec(parent ?? "");
  const isValidParent = match?.[1] && match[2] && !ALL_ZEROS.test(match[1]) && !ALL_ZEROS.test(match[2]);
  const traceId = isValidParent ? match[1] : randomBytes(16).toString("hex");
  return storage.run(`00-${traceId}-${randomBytes(8).toString("hex")}-${match?.[3] ?? "01"}`, work);
}
