import { errors, Redis } from "@upstash/redis";
import { now } from "../core/clock";
import { TimeoutError, withTimeout } from "../core/with-timeout";
import { type BreakerState, CircuitBreaker } from "./circuit-breaker";
import { getUnavailableReason, isOutOfService, RedisUnavailableError } from "./unavailable";

/** A command's name and arguments, as they are sent. */
export type CommandArguments = readonly [name: string, ...rest: (string | number)[]];

export interface GuardedRedisOptions {
  url: string;
  token: string;
  /** Time limit of one HTTP call. */
  timeoutMs: number;
  /** Time limit of a call that has to open a connection first. One timeout of it does not count as a failure. */
  firstCallTimeoutMs: number;
  /**
   * For a caller that can decide without the reply but still uses a late one: it does not wait for a probe, and the
   * error's `lateReply` resolves with a reply that arrives within `answerMs`.
   */
  lateReply?: { answerMs: number };
  onStateChange?: (state: BreakerState) => void;
  /** Called after every HTTP call; must not throw. */
  onCall?: (call: RedisCall) => void;
}

/** One HTTP call. */
export interface RedisCall {
  /** The commands with their arguments, which may be secrets. More than one in a pipeline. */
  commands: readonly (readonly unknown[])[];
  durationMs: number;
  /** `refused`: the circuit breaker was open and nothing was sent. */
  outcome: "answered" | "error" | "unavailable" | "refused";
  /** The error reply, or why there was no reply. */
  error?: Error;
}

/** Node closes a connection that was idle for about this long, so the next call opens a new one. */
const CONNECTION_IDLE_MS = 4_000;

/**
 * Share of its time that a caller waits after another one has waited as long in vain, until a call gets a reply: one
 * request makes several calls, and only the first of them should wait for a Redis that hangs. The calls themselves keep
 * the whole limit, so that a slow reply still shows that Redis is up.
 */
const SUSPECT_WAIT_RATIO = 0.1;

type Requester = Redis["client"];
type UpstashRequest = Parameters<Requester["request"]>[0];

/**
 * The Upstash client with a time limit on every call and one circuit breaker for all of them. Without these
 * the SDK waits four seconds on a refused connection and without limit on a silent one.
 *
 * A call that timed out or lost its connection may still have been applied: nothing is retried here, and a
 * caller may repeat only a write that is safe to apply twice. Event streams (`subscribe`) have no time limit.
 * Runs on the edge.
 */
export class GuardedRedis extends Redis {
  constructor(options: GuardedRedisOptions) {
    const limit: CallTimeout = { ms: 0 };
    super({
      url: options.url,
      token: options.token,
      // Not `false`, with which the SDK retries once: a write whose reply is lost would be applied twice.
      retry: { retries: 0 },
      enableAutoPipelining: false,
      enableTelemetry: false,
      signal: () => (limit.ms > 0 ? AbortSignal.timeout(limit.ms) : new AbortController().signal),
    });
    const guarded = guardRequester(this.client, limit, options);
    this.client = guarded;
    this.ready = () => guarded.ready;
    this.withWait = guarded.withWait;
  }

  /** Whether this client has had a reply and its circuit breaker is closed. */
  readonly ready: () => boolean;

  /**
   * The same client, with its connections and circuit breaker, for callers that wait this long (ms) instead of
   * `timeoutMs` (`new Redis(guarded.withWait(50))`). The process's first calls may take `firstCallTimeoutMs` all the
   * same. For the breaker a call fails only when it takes longer than both times: a caller in a hurry says nothing about
   * Redis.
   */
  readonly withWait: (waitMs: number) => Requester;

  /**
   * Sends one command and returns its raw reply, where the SDK's own methods would turn `"123"` into a number.
   *
   * @throws {RedisUnavailableError} the command may have been applied
   * @throws {errors.UpstashError} on an error reply
   */
  async send(command: CommandArguments): Promise<unknown> {
    const { result, error } = await this.client.request({ body: command });
    if (error) throw createReplyError(error);
    return result;
  }

  /**
   * Sends commands in one HTTP call. Not atomic. Returns one reply per command, in order.
   * @throws {RedisUnavailableError} any of them may have been applied
   */
  async sendPipeline(commands: readonly CommandArguments[]): Promise<PipelineReply[]> {
    const replies: unknown = await this.client.request({ path: ["pipeline"], body: commands });
    return (replies as { result?: unknown; error?: string }[]).map(({ result, error }) =>
      error ? { error: createReplyError(error) } : { result },
    );
  }
}

/** The reply to one command of a pipeline. */
export type PipelineReply = { result: unknown; error?: undefined } | { error: Error };

/** The result of one command of a pipeline; undefined when it failed. */
export function resultOf(reply: PipelineReply | undefined): unknown {
  return reply && "result" in reply ? reply.result : undefined;
}

/**
 * The time limit of the call being started. The SDK calls `signal()` synchronously inside `request`. It must be a
 * function: with a plain signal the SDK returns a made-up result on a timeout instead of throwing.
 */
interface CallTimeout {
  /** 0: no limit. */
  ms: number;
}

interface GuardedRequester extends Requester {
  readonly ready: boolean;
  readonly withWait: GuardedRedis["withWait"];
}

function guardRequester(
  requester: Requester,
  timeout: CallTimeout,
  options: GuardedRedisOptions,
): GuardedRequester {
  const breaker = new CircuitBreaker(options.onStateChange);
  let lastSettledAt = Number.NEGATIVE_INFINITY;
  /** Only one slow cold start is excused: on a quiet server every call has to open a connection. */
  let coldStartExcused = false;
  let hasReplied = false;
  /** The longest time (ms) that a caller has waited in vain since the last reply. */
  let unansweredMs = 0;

  function markAvailable(): void {
    breaker.recordSuccess();
    coldStartExcused = false;
    hasReplied = true;
    unansweredMs = 0;
  }

  return {
    get ready() {
      return hasReplied && breaker.state === "closed";
    },
    request: requestFor(undefined),
    withWait: (waitMs) => ({ request: requestFor(waitMs) }),
  };

  function requestFor(waitMs: number | undefined): Requester["request"] {
    return async <T>(request: UpstashRequest) => {
      if (isEventStream(request)) {
        timeout.ms = 0;
        return requester.request<T>(request);
      }
      const startedAt = performance.now();
      const reportCall = (outcome: RedisCall["outcome"], error?: Error) =>
        options.onCall?.({
          commands: getCommands(request),
          durationMs: performance.now() - startedAt,
          outcome,
          error,
        });
      const isProbe = breaker.state === "open";
      if (!breaker.mayCall()) {
        reportCall("refused");
        throw new RedisUnavailableError("open");
      }

      // A probe has the longer limit too: within the short one a distant Redis may never reply in time.
      const isFreshConnection = isProbe || now() - lastSettledAt > CONNECTION_IDLE_MS;
      const isColdStart = isFreshConnection && !isProbe && !coldStartExcused;
      const isFirstCall = lastSettledAt === Number.NEGATIVE_INFINITY;
      const callTimeoutMs = Math.max(
        isFreshConnection ? options.firstCallTimeoutMs : options.timeoutMs,
        waitMs ?? 0,
      );
      timeout.ms = options.lateReply?.answerMs ?? callTimeoutMs;
      const pendingReply = requester.request<T>(request).then((reply) => {
        if (!isRedisReply(reply, request)) throw new errors.UpstashJSONParseError("no result");
        return reply;
      });
      const lateReply = options.lateReply ? pendingReply : undefined;
      return waitAsCaller(trackCall());

      /** Waits for the call's outcome and reports it to the breaker. */
      async function trackCall(): Promise<Awaited<typeof pendingReply>> {
        try {
          const reply = await withTimeout(pendingReply, callTimeoutMs);
          markAvailable();
          reportCall("answered");
          return reply;
        } catch (error) {
          // An error reply shows that Redis is up.
          if (error instanceof errors.UpstashError && !isOutOfService(error)) {
            markAvailable();
            const replyFailure = createReplyError(error.message);
            reportCall("error", replyFailure);
            throw replyFailure;
          }
          if (isColdStart) coldStartExcused = true;
          else breaker.recordFailure();
          const cause = error instanceof errors.UpstashError ? createReplyError(error.message) : error;
          const unavailable = new RedisUnavailableError(getUnavailableReason(error), cause, lateReply);
          unansweredMs = unavailable.reason === "timeout" ? Math.max(unansweredMs, callTimeoutMs) : 0;
          reportCall("unavailable", unavailable);
          throw unavailable;
        } finally {
          lastSettledAt = now();
        }
      }

      /** The caller may wait less than the call's limit: on a probe, after a timeout, or with `waitMs`. */
      async function waitAsCaller(trackedCall: ReturnType<typeof trackCall>): ReturnType<typeof trackCall> {
        if (isProbe && lateReply) {
          trackedCall.catch(() => {});
          throw new RedisUnavailableError("open", undefined, lateReply);
        }
        const usualWaitMs = waitMs ?? options.timeoutMs;
        const isWaitInVain = unansweredMs >= usualWaitMs;
        const callerWaitMs = isWaitInVain ? usualWaitMs * SUSPECT_WAIT_RATIO : wholeWaitMs(usualWaitMs);
        if (callerWaitMs === callTimeoutMs) return trackedCall;
        try {
          return await withTimeout(trackedCall, callerWaitMs);
        } catch (error) {
          if (!(error instanceof TimeoutError)) throw error;
          trackedCall.catch(() => {});
          unansweredMs = Math.max(unansweredMs, callerWaitMs);
          // Otherwise the next call would count as a cold start and get the longer limit.
          lastSettledAt = now();
          throw new RedisUnavailableError("timeout", error, lateReply);
        }
      }

      function wholeWaitMs(usualWaitMs: number): number {
        if (isProbe) return Math.min(options.timeoutMs, callTimeoutMs);
        if (isFirstCall || waitMs === undefined) return callTimeoutMs;
        return usualWaitMs;
      }
    };
  }
}

function isEventStream(request: UpstashRequest): boolean {
  return request.headers?.Accept === "text/event-stream";
}

/** Removes the command that the SDK appends to the message: its values must not be logged. */
function createReplyError(message: string): Error {
  return new errors.UpstashError(message.replace(/, command was: .*$/s, ""));
}

/** False for JSON that does not have the shape of a Redis reply: another server answered. */
function isRedisReply(reply: unknown, request: UpstashRequest): boolean {
  const isSingleReply = (candidate: unknown) =>
    typeof candidate === "object" &&
    candidate !== null &&
    (("result" in candidate && candidate.result !== undefined) ||
      ("error" in candidate && typeof candidate.error === "string"));
  if (!isPipeline(request)) return isSingleReply(reply);
  if (!Array.isArray(reply)) return request.path?.[0] === "multi-exec" && isSingleReply(reply);
  return reply.length === getCommands(request).length && reply.every(isSingleReply);
}

function getCommands(request: UpstashRequest): readonly (readonly unknown[])[] {
  if (!Array.isArray(request.body)) return [];
  return isPipeline(request) ? request.body : [request.body];
}

function isPipeline({ path }: UpstashRequest): boolean {
  return path?.[0] === "pipeline" || path?.[0] === "multi-exec";
}
