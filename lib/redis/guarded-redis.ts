import { errors, Redis } from "@upstash/redis";
import { now } from "../core/clock";
import { TimeoutError, withTimeout } from "../core/with-timeout";
import { type BreakerState, CircuitBreaker } from "./circuit-breaker";
import { createReplyError, getCommands, isOutOfService, isRedisReply } from "./replies";

/** A command's name and its arguments, as they are sent. */
export type CommandArguments = readonly [name: string, ...rest: (string | number)[]];

/** Redis did not answer in time, could not be reached, or is known to be away. */
export class RedisUnavailableError extends Error {
  /** An outage, for those who do not know Redis (lib/core/http/error-response.ts). */
  readonly code = "REDIS_UNAVAILABLE";

  constructor(
    readonly reason: "open" | "timeout" | "network" | "out-of-service",
    cause?: unknown,
    /** What Redis answers after all, when the client was asked to listen on; else rejects. */
    readonly lateReply?: Promise<unknown>,
  ) {
    super(`Redis is unavailable (${reason})`, { cause });
    this.name = "RedisUnavailableError";
  }
}

export interface GuardedRedisOptions {
  url: string;
  token: string;
  /** Limit of one HTTP call. */
  timeoutMs: number;
  /** Limit of a call that has to open a connection first. Running over it once does not count as a failure. */
  firstCallTimeoutMs: number;
  /**
   * For a caller that can do without the answer but has use for it later: it never waits longer than
   * `timeoutMs`, for a probe not at all, and the error brings the answer that comes within `answerMs`.
   */
  lateReply?: { answerMs: number };
  onStateChange?: (state: BreakerState) => void;
  /** Told of every HTTP call when it has ended; must not throw. */
  onCall?: (call: RedisCall) => void;
}

/** One HTTP call. */
export interface RedisCall {
  /** What was sent, names and arguments: these may be secrets. More than one in a pipeline. */
  commands: readonly (readonly unknown[])[];
  /** Milliseconds. */
  durationMs: number;
  /** `refused`: the breaker was open, nothing was sent. */
  outcome: "answered" | "error" | "unavailable" | "refused";
  /** What Redis answered, or why there was no answer. */
  error?: Error;
}

/** Node closes an idle connection after about this long, so the next call opens a new one. */
const CONNECTION_IDLE_MS = 4_000;

/**
 * Part of the limit that callers wait after a call ran out of time and none was answered since: one request
 * makes several calls, and only the first of them should pay for a Redis that hangs. The call itself has the
 * whole limit, so that an answer still counts and ends the doubt.
 */
const SUSPECT_WAIT_RATIO = 0.1;

type Requester = Redis["client"];
type UpstashRequest = Parameters<Requester["request"]>[0];

/**
 * The Upstash client with a time limit on every call and a circuit breaker around all of them.
 * On its own the SDK waits four seconds on a refused connection and for ever on a silent one.
 *
 * A call that timed out or lost its connection may still have been applied: nothing is retried here, and a
 * caller that repeats a write must be able to stand its being done twice. Event streams (`subscribe`) are
 * not limited. Runs on the edge.
 */
export class GuardedRedis extends Redis {
  constructor(options: GuardedRedisOptions) {
    const limit: CallTimeout = { ms: 0 };
    super({
      url: options.url,
      token: options.token,
      // Not `false`, which the SDK takes for one more try: a write whose answer is lost would be done twice.
      retry: { retries: 0 },
      enableAutoPipelining: false,
      enableTelemetry: false,
      signal: () => (limit.ms > 0 ? AbortSignal.timeout(limit.ms) : new AbortController().signal),
    });
    const guarded = guardRequester(this.client, limit, options);
    this.client = guarded;
    this.ready = () => guarded.ready;
  }

  /** Whether Redis answers, as far as this client knows: it has answered, and the breaker is closed. */
  readonly ready: () => boolean;

  /**
   * Sends one command as it is; its reply comes as Redis gave it, where the SDK's own methods would make a
   * number of `"123"`.
   *
   * @throws {RedisUnavailableError} it may have been applied all the same
   * @throws {errors.UpstashError} Redis answered with an error
   */
  async send(command: CommandArguments): Promise<unknown> {
    const { result, error } = await this.client.request({ body: command });
    if (error) throw createReplyError(error);
    return result;
  }

  /**
   * Sends commands in one HTTP call. Not atomic: each has its own result, in their order.
   * @throws {RedisUnavailableError} any of them may have been applied all the same
   */
  async sendPipeline(commands: readonly CommandArguments[]): Promise<PipelineReply[]> {
    const replies: unknown = await this.client.request({ path: ["pipeline"], body: commands });
    return (replies as { result?: unknown; error?: string }[]).map(({ result, error }) =>
      error ? { error: createReplyError(error) } : { result },
    );
  }
}

/** What one command of a pipeline was answered. */
export type PipelineReply = { result: unknown; error?: undefined } | { error: Error };

/**
 * The limit of the call being started. The SDK asks for its signal synchronously inside `request`, and only
 * a function makes it throw when time is up (given a signal it answers with a made-up result).
 */
interface CallTimeout {
  /** 0: none */
  ms: number;
}

interface GuardedRequester extends Requester {
  readonly ready: boolean;
}

function guardRequester(
  requester: Requester,
  timeout: CallTimeout,
  options: GuardedRedisOptions,
): GuardedRequester {
  const breaker = new CircuitBreaker(options.onStateChange);
  let lastSettledAt = Number.NEGATIVE_INFINITY;
  /** A cold start is excused once: on a quiet server every call finds its connection closed. */
  let coldStartExcused = false;
  let hasReplied = false;
  /** The last call that ended had run out of time. */
  let isSuspect = false;

  function markAvailable(): void {
    breaker.recordSuccess();
    coldStartExcused = false;
    hasReplied = true;
    isSuspect = false;
  }

  return {
    get ready() {
      return hasReplied && breaker.state === "closed";
    },

    async request<T>(request: UpstashRequest) {
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

      // A probe's too: with the short limit a distant Redis would never be found back.
      const isFreshConnection = isProbe || now() - lastSettledAt > CONNECTION_IDLE_MS;
      const isColdStart = isFreshConnection && !isProbe && !coldStartExcused;
      const callTimeoutMs = isFreshConnection ? options.firstCallTimeoutMs : options.timeoutMs;
      timeout.ms = options.lateReply?.answerMs ?? callTimeoutMs;
      const pendingReply = requester.request<T>(request).then((reply) => {
        if (!isRedisReply(reply, request)) throw new errors.UpstashJSONParseError("no result");
        return reply;
      });
      const lateReply = options.lateReply ? pendingReply : undefined;
      return waitAsCaller(trackCall());

      /** Follows the call to its end, for the breaker. */
      async function trackCall(): Promise<Awaited<typeof pendingReply>> {
        try {
          const answer = await withTimeout(pendingReply, callTimeoutMs);
          markAvailable();
          reportCall("answered");
          return answer;
        } catch (error) {
          // Redis answered, with an error: it is there.
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
          isSuspect = unavailable.reason === "timeout";
          reportCall("unavailable", unavailable);
          throw unavailable;
        } finally {
          lastSettledAt = now();
        }
      }

      /** The call may be given longer than its caller waits: a probe, in doubt, and whoever can decide without it. */
      async function waitAsCaller(trackedCall: ReturnType<typeof trackCall>): ReturnType<typeof trackCall> {
        if (isProbe && lateReply) {
          trackedCall.catch(() => {});
          throw new RedisUnavailableError("open", undefined, lateReply);
        }
        const normalWaitMs =
          isProbe || lateReply ? Math.min(options.timeoutMs, callTimeoutMs) : callTimeoutMs;
        const callerWaitMs = isSuspect ? options.timeoutMs * SUSPECT_WAIT_RATIO : normalWaitMs;
        if (callerWaitMs === callTimeoutMs) return trackedCall;
        try {
          return await withTimeout(trackedCall, callerWaitMs);
        } catch (error) {
          if (!(error instanceof TimeoutError)) throw error;
          trackedCall.catch(() => {});
          // The next call has this one's connection.
          lastSettledAt = now();
          throw new RedisUnavailableError("timeout", error, lateReply);
        }
      }
    },
  };
}

function getUnavailableReason(error: unknown): RedisUnavailableError["reason"] {
  if (error instanceof errors.UpstashError) return "out-of-service";
  if (error instanceof TimeoutError) return "timeout";
  return error instanceof Error && error.name === "TimeoutError" ? "timeout" : "network";
}

function isEventStream(request: UpstashRequest): boolean {
  return request.headers?.Accept === "text/event-stream";
}
