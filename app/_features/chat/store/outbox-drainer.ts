import type { ApiFailure, ApiResult } from "@/app/_ui/api-result";
import { isRetryable } from "./is-retryable";

/** First retry delay after a temporary failure; it doubles with each failure. */
const MIN_RETRY_DELAY_MS = 2_000;
/** Upper limit of the retry delay. */
const MAX_RETRY_DELAY_MS = 30_000;

/** Where the unsent messages are. */
export interface OutboxSource<Message, Sent> {
  /** The first message to send; undefined when there is none. Called again after each attempt. */
  next(): Message | undefined;
  send(message: Message): Promise<ApiResult<Sent>>;
  /** The server has it: `next` must not return it again. */
  onSent(message: Message, sent: Sent): void;
  /** The server will never take it: `next` must not return it again. */
  onRejected(message: Message, failure: ApiFailure): void;
  /** The connection or the server failed; all messages wait for a retry. */
  onDelayed?(failure: ApiFailure): void;
  /** A retry begins: messages that waited may be sent again. */
  onRetry?(): void;
}

/**
 * Sends the messages of an outbox one after another. After a temporary failure the remaining messages would fail as
 * well and must not overtake, so all wait for the retry, at least until the server's `Retry-After` has passed. A
 * rejected message blocks nothing.
 */
export class OutboxDrainer<Message, Sent> {
  private isDraining = false;
  private isStopped = false;
  /** Set while a retry is scheduled. */
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private retryDelayMs = MIN_RETRY_DELAY_MS;
  /** End of the server's `Retry-After` (ms since the epoch). */
  private pausedUntil = 0;

  constructor(private readonly source: OutboxSource<Message, Sent>) {}

  /** A retry is scheduled and the server's `Retry-After` has not passed. */
  get isPaused(): boolean {
    return this.retryTimer !== undefined && Date.now() < this.pausedUntil;
  }

  start(): void {
    this.isStopped = false;
    this.retryNow();
  }

  /** A request that is already running completes; no further message is sent until `start`. */
  stop(): void {
    this.isStopped = true;
    this.cancelRetry();
  }

  /** Sends immediately: the connection may be back, or there is something new to send. */
  readonly retryNow = (): void => {
    this.cancelRetry();
    this.source.onRetry?.();
    if (!this.isDraining) void this.drain();
  };

  private cancelRetry(): void {
    clearTimeout(this.retryTimer);
    this.retryTimer = undefined;
  }

  private async drain(): Promise<void> {
    this.isDraining = true;
    for (;;) {
      const message = this.isStopped ? undefined : this.source.next();
      if (message === undefined) break;
      const result = await this.source.send(message);
      if (result.ok) {
        this.retryDelayMs = MIN_RETRY_DELAY_MS;
        this.source.onSent(message, result.data);
      } else if (!isRetryable(result.failure)) this.source.onRejected(message, result.failure);
      else {
        this.source.onDelayed?.(result.failure);
        this.scheduleRetry(result.failure);
        break;
      }
    }
    this.isDraining = false;
  }

  private scheduleRetry({ retryAfterSeconds }: ApiFailure): void {
    const retryAfterMs = (retryAfterSeconds ?? 0) * 1_000;
    this.pausedUntil = Date.now() + retryAfterMs;
    if (this.isStopped) return;
    this.cancelRetry();
    this.retryTimer = setTimeout(this.retryNow, Math.max(this.retryDelayMs, retryAfterMs));
    this.retryDelayMs = Math.min(this.retryDelayMs * 2, MAX_RETRY_DELAY_MS);
  }
}
