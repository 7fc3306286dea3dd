import type { ApiFailure, ApiResult } from "@/app/_ui/api-result";
import type { ChatMessage, NewMessage } from "./chat-api";
import type { ConversationStore } from "./conversation-store";
import type { OutgoingMessage } from "./conversation-view";
import { isRetryable } from "./is-retryable";
import type { OutboxEntry } from "./outbox";

/** First retry delay after a temporary failure; it doubles with each failure. */
const MIN_RETRY_DELAY_MS = 2_000;
/** Upper limit of the retry delay. */
const MAX_RETRY_DELAY_MS = 30_000;

export interface SenderOutbox {
  send(message: NewMessage): Promise<ApiResult<{ message: ChatMessage }>>;
  save(pending: OutgoingMessage): void;
  remove(clientId: string): void;
}

/**
 * Sends pending messages one after another, in the order in which they were written. All attempts use the same
 * `clientId`, so the message is stored once, whichever attempt succeeds. Temporary failures are retried
 * automatically; other failures wait for the user and block nothing.
 *
 * No message overtakes one that waits for a retry: a new message triggers an immediate retry of all, from the first, or
 * waits with them until the server's `Retry-After` has passed.
 */
export class MessageSender {
  private isSending = false;
  /** Set while a retry is scheduled. */
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private retryDelayMs = MIN_RETRY_DELAY_MS;
  /** End of the server's `Retry-After` (ms since the epoch). */
  private pausedUntil = 0;
  private isStopped = false;

  constructor(
    private readonly store: ConversationStore,
    private readonly outbox: SenderOutbox,
  ) {}

  add(message: OutboxEntry): void {
    const pending: OutgoingMessage = { ...message, state: "sending", failure: null, willRetry: false };
    if (this.store.addPending(pending)) {
      this.outbox.save(pending);
      this.sendOrWait(message.clientId);
    } else this.outbox.remove(message.clientId);
  }

  retry(clientId: string): void {
    this.store.updatePending(clientId, { state: "sending", failure: null, willRetry: false });
    this.sendOrWait(clientId);
  }

  discard(clientId: string): void {
    this.outbox.remove(clientId);
    this.store.removePending(clientId);
  }

  /** Retries temporary failures immediately: the connection may be back. */
  readonly retryNow = (): void => {
    this.cancelRetry();
    for (const { clientId, willRetry } of this.store.listPending()) {
      if (willRetry) this.store.updatePending(clientId, { state: "sending", willRetry: false });
    }
    void this.sendPending();
  };

  start(): void {
    this.isStopped = false;
    this.retryNow();
  }

  /** A request that is already running completes; no further message is sent until `start`. */
  stop(): void {
    this.isStopped = true;
    this.cancelRetry();
  }

  private cancelRetry(): void {
    clearTimeout(this.retryTimer);
    this.retryTimer = undefined;
  }

  private sendOrWait(clientId: string): void {
    const isPaused = this.retryTimer !== undefined && Date.now() < this.pausedUntil;
    if (!isPaused) this.retryNow();
    else this.store.updatePending(clientId, { state: "failed", willRetry: true });
  }

  private async sendPending(): Promise<void> {
    if (this.isSending) return;
    this.isSending = true;
    for (;;) {
      const next = this.store.listPending().find(({ state }) => state === "sending");
      if (!next || this.isStopped) break;
      const result = await this.outbox.send({
        clientId: next.clientId,
        text: next.text,
        replyToId: next.replyTo?.id,
        attachmentIds: next.attachments.map(({ id }) => id),
      });
      if (result.ok) {
        this.retryDelayMs = MIN_RETRY_DELAY_MS;
        this.outbox.remove(next.clientId);
        this.store.apply(result.data.message);
        // A response about another message would otherwise leave this one pending permanently.
        this.store.removePending(next.clientId);
      } else this.handleFailure(next, result.failure);
    }
    this.isSending = false;
  }

  private handleFailure(message: OutgoingMessage, failure: ApiFailure): void {
    if (!isRetryable(failure)) {
      this.store.updatePending(message.clientId, { state: "failed", failure });
      return;
    }
    // Later messages would fail as well, and must not overtake it.
    for (const { clientId, state } of this.store.listPending()) {
      if (state === "sending")
        this.store.updatePending(clientId, { state: "failed", failure, willRetry: true });
    }
    const retryAfterMs = (failure.retryAfterSeconds ?? 0) * 1_000;
    this.pausedUntil = Date.now() + retryAfterMs;
    if (this.isStopped) return;
    this.cancelRetry();
    this.retryTimer = setTimeout(this.retryNow, Math.max(this.retryDelayMs, retryAfterMs));
    this.retryDelayMs = Math.min(this.retryDelayMs * 2, MAX_RETRY_DELAY_MS);
  }
}
