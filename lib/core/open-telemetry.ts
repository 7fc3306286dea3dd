import {
  type Attributes,
  type Context,
  context,
  isSpanContextValid,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import {
  AlwaysOffSampler,
  ParentBasedSampler,
  type ReadableSpan,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace-base";
import { registerOTel } from "@vercel/otel";
import { censorText } from "./censor-text";
import { env } from "./env";
import { parseTraceparent, setTracer } from "./trace";

const SERVICE_NAME = "normaldance";

/**
 * Sends spans to the collector that the environment names (`OTEL_EXPORTER_OTLP_ENDPOINT`; headers and protocol by their
 * standard names). Next makes the spans of requests, pages and calls of `fetch`; ours are tasks, statements and Redis
 * commands (lib/core/trace.ts). Import it only where that is set: without it nothing of OpenTelemetry is loaded.
 */
export function registerTelemetry(): void {
  const ratio = new TraceIdRatioBasedSampler(env().OTEL_TRACES_SAMPLER_ARG);
  registerOTel({
    serviceName: SERVICE_NAME,
    // A caller's flag does not decide what is recorded, or any could fill the collector. A task's flag is ours.
    traceSampler: new ParentBasedSampler({
      root: ratio,
      remoteParentSampled: ratio,
      remoteParentNotSampled: new AlwaysOffSampler(),
    }),
    // Next has spans for calls of fetch.
    instrumentations: [],
    spanProcessors: [new CensoringProcessor(), "auto"],
  });
  const tracer = trace.getTracer(SERVICE_NAME);
  setTracer({
    current() {
      const current = trace.getSpanContext(context.active());
      if (!current || !isSpanContextValid(current)) return undefined;
      return `00-${current.traceId}-${current.spanId}-${current.traceFlags.toString(16).padStart(2, "0")}`;
    },
    run({ name, attributes, parent, isRemote }, work) {
      const caller = trace.getSpanContext(context.active());
      const within = parent === undefined ? context.active() : enterParent(parent, isRemote);
      // A delivery by QStash is a trace of its own; the task continues the one of the request that caused it.
      const links = parent !== undefined && caller ? [{ context: caller }] : [];
      const kind = isRemote ? SpanKind.SERVER : parent ? SpanKind.CONSUMER : SpanKind.INTERNAL;
      return tracer.startActiveSpan(name, { attributes, links, kind }, within, (span) => endWith(span, work));
    },
    start(name, attributes, durationMs) {
      const startTime = Date.now() - durationMs;
      const span = tracer.startSpan(name, { attributes, startTime, kind: SpanKind.CLIENT });
      return (isFailed) => endSpan(span, isFailed);
    },
  });
}

/** A task's stored parent counts as one of this process: whether it is recorded was decided when the request began. */
function enterParent(traceparent: string, isRemote: boolean): Context {
  const parsed = parseTraceparent(traceparent);
  if (!parsed) return context.active();
  const { traceId, spanId, flags } = parsed;
  const traceFlags = Number.parseInt(flags, 16);
  return trace.setSpanContext(context.active(), { traceId, spanId, traceFlags, isRemote });
}

function endWith<R>(span: Span, work: () => R): R {
  try {
    const result = work();
    if (!(result instanceof Promise)) {
      endSpan(span, false);
      return result;
    }
    result.then(
      () => endSpan(span, false),
      () => endSpan(span, true),
    );
    return result;
  } catch (error) {
    endSpan(span, true);
    throw error;
  }
}

function endSpan(span: Span, isFailed: boolean): void {
  if (isFailed) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

/** Addresses in Next's spans have links' tokens in their query, and keys of services in their path. */
class CensoringProcessor implements SpanProcessor {
  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    // Not finished before the exporter, which comes after this one, has read it.
    const writable = span as unknown as { name: string; attributes: Attributes; events: unknown[] };
    writable.name = censorText(span.name);
    for (const [name, value] of Object.entries(span.attributes))
      if (typeof value === "string") writable.attributes[name] = censorText(value);
    if (span.status.message) span.status.message = censorText(span.status.message);
    // Errors' messages and stacks: the log has them, without personal data.
    writable.events.length = 0;
  }

  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}
}
