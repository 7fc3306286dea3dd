import { errors, Redis } from "@upstash/redis";
import { now } from "../core/clock";
import { TimeLimitError, withLimit } from "../core/with-timeout";
import { type BreakerState, CircuitBreaker } from "./circuit-breaker";
import { commandsOf, isAnswer, isOutOfService, replyError } from "./replies";

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
    readonly late?: Promise<unknown>,
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
  late?: { answerMs: number };
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
const DOUBT_PATIENCE = 0.1;

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
    const limit: CallLimit = { ms: 0 };
    super({
      url: options.url,
      token: options.token,
      // Not `false`, which the SDK takes for one more try: a write whose answer is lost would be done twice.
      retry: { retries: 0 },
      enableAutoPipelining: false,
      enableTelemetry: false,
      signal: () => (limit.ms > 0 ? AbortSignal.timeout(limit.ms) : new AbortController().signal),
    });
    const guarded = guard(this.client, limit, options);
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
    if (error) throw replyError(error);
    return result;
  }

  /**
   * Sends commands in one HTTP call. Not atomic: each has its own result, in their order.
   * @throws {RedisUnavailableError} any of them may have been applied all the same
   */
  async sendAll(commands: readonly CommandArguments[]): Promise<PipelineAnswer[]> {
    const answers: unknown = await this.client.request({ path: ["pipeline"], body: commands });
    return (answers as { result?: unknown; error?: string }[]).map(({ result, error }) =>
      error ? { error: replyError(error) } : { result },
    );
  }
}

/** What one command of a pipeline was answered. */
export type PipelineAnswer = { result: unknown; error?: undefined } | { error: Error };

/**
 * The limit of the call being started. The SDK asks for its signal synchronously inside `request`, and only
 * a function makes it throw when time is up (given a signal it answers with a made-up result).
 */
interface CallLimit {
  /** 0: none */
  ms: number;
}

interface Guarded extends Requester {
  readonly ready: boolean;
}

function guard(inner: Requester, limit: CallLimit, options: GuardedRedisOptions): Guarded {
  const breaker = new CircuitBreaker(options.onStateChange);
  let lastSettledAt = Number.NEGATIVE_INFINITY;
  /** A cold start is excused once: on a quiet server every call finds its connection closed. */
  let excused = false;
  let hasAnswered = false;
  /** The last call that ended had run out of time. */
  let inDoubt = false;

  function isThere(): void {
    breaker.succeeded();
    excused = false;
    hasAnswered = true;
    inDoubt = false;
  }

  return {
    get ready() {
      return hasAnswered && breaker.state === "closed";
    },

    async request<T>(request: UpstashRequest) {
      if (isStream(request)) {
        limit.ms = 0;
        return inner.request<T>(request);
      }
      const startedAt = performance.now();
      const ended = (outcome: RedisCall["outcome"], error?: Error) =>
        options.onCall?.({
          commands: commandsOf(request),
          durationMs: performance.now() - startedAt,
          outcome,
          error,
        });
      const isProbe = breaker.state === "open";
      if (!breaker.mayCall()) {
        ended("refused");
        throw new RedisUnavailableError("open");
      }

      // A probe's too: with the short limit a distant Redis would never be found back.
      const fresh = isProbe || now() - lastSettledAt > CONNECTION_IDLE_MS;
      const excusable = fresh && !isProbe && !excused;
      const limitMs = fresh ? options.firstCallTimeoutMs : options.timeoutMs;
      limit.ms = options.late?.answerMs ?? limitMs;
      const call = inner.request<T>(request).then((answer) => {
        if (!isAnswer(answer, request)) throw new errors.UpstashJSONParseError("no result");
        return answer;
      });
      const late = options.late ? call : undefined;
      return waitFor(judge());

      /** Follows the call to its end, for the breaker. */
      async function judge(): Promise<Awaited<typeof call>> {
        try {
          const answer = await withLimit(call, limitMs);
          isThere();
          ended("answered");
          return answer;
        } catch (error) {
          // Redis answered, with an error: it is there.
          if (error instanceof errors.UpstashError && !isOutOfService(error)) {
            isThere();
            const said = replyError(error.message);
            ended("error", said);
            throw said;
          }
          if (excusable) excused = true;
          else breaker.failed();
          const cause = error instanceof errors.UpstashError ? replyError(error.message) : error;
          const unavailable = new RedisUnavailableError(reasonOf(error), cause, late);
          inDoubt = unavailable.reason === "timeout";
          ended("unavailable", unavailable);
          throw unavailable;
        } finally {
          lastSettledAt = now();
        }
      }

      /** The call may be given longer than its caller waits: a probe, in doubt, and whoever can decide without it. */
      async function waitFor(judged: ReturnType<typeof judge>): ReturnType<typeof judge> {
        if (isProbe && late) {
          judged.catch(() => {});
          throw new RedisUnavailableError("open", undefined, late);
        }
        const usualMs = isProbe || late ? Math.min(options.timeoutMs, limitMs) : limitMs;
        const patienceMs = inDoubt ? options.timeoutMs * DOUBT_PATIENCE : usualMs;
        if (patienceMs === limitMs) return judged;
        try {
          return await withLimit(judged, patienceMs);
        } catch (error) {
          if (!(error instanceof TimeLimitError)) throw error;
          judged.catch(() => {});
          // The next call has this one's connection.
          lastSettledAt = now();
          throw new RedisUnavailableError("timeout", error, late);
        }
      }
    },
  };
}

function reasonOf(error: unknown): RedisUnavailableError["reason"] {
  if (error instanceof errors.UpstashError) return "out-of-service";
  if (error instanceof TimeLimitError) return "timeout";
  return error instanceof Error && error.name === "TimeoutError" ? "timeout" : "network";
}

function isStream(request: UpstashRequest): boolean {
  return request.headers?.Accept === "text/event-stream";
}
