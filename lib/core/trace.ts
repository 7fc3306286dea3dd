import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";

/**
 * The trace of a request and of the tasks it causes, as W3C Trace Context, so that tracing services upstream and
 * downstream see one trace: https://www.w3.org/TR/trace-context/
 */

const TRACEPARENT_PATTERN = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const ALL_ZEROS = /^0+$/;

const storage = new AsyncLocalStorage<string>();

/** The current `traceparent`; undefined outside a request or task. */
export function currentTraceparent(): string | undefined {
  return storage.getStore();
}

/** The trace id for log lines: 32 hexadecimal digits, the same in all spans of a trace. */
export function getTraceId(traceparent: string): string {
  return traceparent.slice(3, 35);
}

/**
 * Runs work in a new span of the parent's trace, or of a new trace.
 * @param parent  a received `traceparent`; ignored when malformed
 */
export function withTrace<R>(parent: string | null | undefined, work: () => R): R {
  const match = TRACEPARENT_PATTERN.exec(parent ?? "");
  const isValidParent = match?.[1] && match[2] && !ALL_ZEROS.test(match[1]) && !ALL_ZEROS.test(match[2]);
  const traceId = isValidParent ? match[1] : randomBytes(16).toString("hex");
  return storage.run(`00-${traceId}-${randomBytes(8).toString("hex")}-${match?.[3] ?? "01"}`, work);
}
