import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";
import { processState } from "./process-state";

/**
 * The trace of a request and of the tasks it causes, as W3C Trace Context, so that tracing services upstream and
 * downstream see one trace: https://www.w3.org/TR/trace-context/
 *
 * Trace ids are always there, in tasks and log lines. Spans are recorded only by a tracer, which
 * lib/core/open-telemetry.ts sets where an exporter is configured.
 */

const TRACEPARENT_PATTERN = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const ALL_ZEROS = /^0+$/;

/** What log lines are found by, beside the trace's id. */
export interface LogIds {
  /** The id that a failed request shows to the person. */
  requestId?: string;
  taskId?: string;
}

interface Scope {
  traceparent: string;
  ids: LogIds;
}

const storage = new AsyncLocalStorage<Scope>();

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** Ends a span. */
export type EndSpan = (isFailed: boolean) => void;

export interface NewSpan {
  name: string;
  attributes: SpanAttributes;
  /** The span it belongs to; undefined: the current one. */
  parent: string | undefined;
  /** The parent is a caller's, whose flags are not trusted. */
  isRemote: boolean;
}

export interface Tracer {
  /** The `traceparent` of the span that the caller runs in. */
  current(): string | undefined;
  /** Runs work in a new span, which ends when the work, or its promise, does. */
  run<R>(span: NewSpan, work: () => R): R;
  /** Starts a span in the current one. @param durationMs  how long ago it began */
  start(name: string, attributes: SpanAttributes, durationMs: number): EndSpan;
}

const state = processState<{ tracer?: Tracer | undefined }>("tracer", () => ({}));

export function setTracer(tracer: Tracer | undefined): void {
  state.tracer = tracer;
}

/** The current `traceparent`; undefined outside a request or task. Pages have one only where a tracer is set. */
export function currentTraceparent(): string | undefined {
  return state.tracer?.current() ?? storage.getStore()?.traceparent;
}

/** The trace id for log lines: 32 hexadecimal digits, the same in all spans of a trace. */
export function getTraceId(traceparent: string): string {
  return traceparent.slice(3, 35);
}

/** For each log line: which request, task and trace it belongs to. Empty outside of them. */
export function currentLogIds(): LogIds & { traceId?: string } {
  const traceparent = currentTraceparent();
  return traceparent === undefined ? {} : { ...storage.getStore()?.ids, traceId: getTraceId(traceparent) };
}

interface TraceOptions {
  /** Of the span, if one is recorded. */
  name?: string;
  attributes?: SpanAttributes;
  /** Added to those of the request or task around it. */
  ids?: LogIds;
  /** It answers a caller, whose flags are not trusted; where the framework has a span for it, it needs no other. */
  joins?: boolean;
}

/**
 * Runs work in a new span of the parent's trace, or of a new trace.
 * @param parent  a received `traceparent`; ignored when malformed
 */
export function withTrace<R>(
  parent: string | null | undefined,
  work: () => R,
  { name = "work", attributes = {}, ids = {}, joins = false }: TraceOptions = {},
): R {
  const tracer = state.tracer;
  const allIds = { ...storage.getStore()?.ids, ...ids };
  const enter = (traceparent: string) => storage.run({ traceparent, ids: allIds }, work);
  const validParent = parseTraceparent(parent) ? (parent ?? undefined) : undefined;
  if (!tracer) return enter(newSpan(validParent));
  const current = tracer.current();
  if (joins && current !== undefined) return enter(current);
  return tracer.run({ name, attributes, parent: validParent, isRemote: joins }, () =>
    enter(tracer.current() ?? newSpan(validParent)),
  );
}

const ignoreEnd: EndSpan = () => {};

/**
 * Starts a span of the current trace. Costs nothing where no tracer is set.
 * @param describe    called only with a tracer
 * @param durationMs  how long ago it began
 */
export function startSpan(
  describe: () => { name: string; attributes: SpanAttributes },
  durationMs = 0,
): EndSpan {
  const tracer = state.tracer;
  if (!tracer) return ignoreEnd;
  const { name, attributes } = describe();
  return tracer.start(name, attributes, durationMs);
}

/** @returns null when it is malformed */
export function parseTraceparent(
  traceparent: string | null | undefined,
): { traceId: string; spanId: string; flags: string } | null {
  const [, traceId = "0", spanId = "0", flags = "00"] = TRACEPARENT_PATTERN.exec(traceparent ?? "") ?? [];
  return ALL_ZEROS.test(traceId) || ALL_ZEROS.test(spanId) ? null : { traceId, spanId, flags };
}

function newSpan(parent: string | undefined): string {
  const { traceId, flags } = parseTraceparent(parent) ?? {
    traceId: randomBytes(16).toString("hex"),
    flags: "01",
  };
  return `00-${traceId}-${randomBytes(8).toString("hex")}-${flags}`;
}
