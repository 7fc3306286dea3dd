import type { ApiFailure, ApiResult } from "@/app/_ui/api-result";
import type { ChatMessage, NewMessage } from "./chat-api";
import type { ConversationStore } from "./conversation-store";
import type { OutgoingMessage } from "./conversation-view";
import { isRetryable } from "./is-retryable";
import type { OutboxEntry } from "./outbox";

/** Failed for reasons that pass: tried again after this, then after twice as long each time, */
const MIN_RETRY_DELAY_MS = 2_000;
/** up to this. */
const MAX_RETRY_DELAY_MS = 30_000;

export interface SenderOutbox {
  send(message: NewMessage): Promise<ApiResult<{ message: ChatMessage }>>;
  save(pending: OutgoingMessage): void;
  remove(clientId: string): void;
}

/**
 * Sends what is pending, one after another, in the order in which it was written. A message goes again under the same
 * `clientId`, so it is one message whichever attempt the server took; what fails for reasons that pass goes again by
 * itself, the rest waits for the person and keeps nobody waiting.
 *
 * While anything is to go again nothing that was written after it is sent: a new message is a reason to try all of them
 * at once, from the first, or to wait with them for as long as the server has asked for.
 */
export class MessageSender {
  private isSending = false;
  /** Set as long as anything is to go again, until the sender ends. */
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private retryDelayMs = MIN_RETRY_DELAY_MS;
  /** The server has asked for silence until then (ms). */
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

  /** Once more with what failed for reasons that may have passed: the connection is back. */
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

  /** What is on its way arrives; nothing new is sent until it begins again. */
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
        // An answer that is not about this message would leave it there for ever.
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
    // Those behind it would fail as well, and must not overtake it.
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
