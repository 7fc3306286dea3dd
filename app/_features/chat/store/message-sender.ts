import type { ApiResult } from "@/app/_ui/api-result";
import type { ChatMessage, NewMessage } from "./chat-api";
import type { ConversationStore } from "./conversation-store";
import type { OutgoingMessage } from "./conversation-view";
import { type OutboxEntry, toNewMessage } from "./outbox";
import { OutboxDrainer } from "./outbox-drainer";

export interface SenderOutbox {
  send(message: NewMessage): Promise<ApiResult<{ message: ChatMessage }>>;
  save(pending: OutgoingMessage): void;
  remove(clientId: string): void;
}

/**
 * Sends the pending messages of the open conversation, in the order in which they were written. All attempts use the
 * same `clientId`, so the message is stored once, whichever attempt succeeds. Temporary failures are retried
 * automatically; other failures wait for the user and block nothing.
 *
 * No message overtakes one that waits for a retry: a new message triggers an immediate retry of all, from the first, or
 * waits with them until the server's `Retry-After` has passed.
 */
export class MessageSender {
  private readonly drainer: OutboxDrainer<OutgoingMessage, { message: ChatMessage }>;

  constructor(
    private readonly store: ConversationStore,
    private readonly outbox: SenderOutbox,
  ) {
    this.drainer = new OutboxDrainer({
      next: () => store.listPending().find(({ state }) => state === "sending"),
      send: (pending) => outbox.send(toNewMessage(pending)),
      onSent: ({ clientId }, { message }) => {
        outbox.remove(clientId);
        store.apply(message);
        // A response about another message would otherwise leave this one pending permanently.
        store.removePending(clientId);
      },
      onRejected: ({ clientId }, failure) => store.updatePending(clientId, { state: "failed", failure }),
      onDelayed: (failure) => {
        for (const { clientId, state } of store.listPending())
          if (state === "sending")
            store.updatePending(clientId, { state: "failed", failure, willRetry: true });
      },
      onRetry: () => {
        for (const { clientId, willRetry } of store.listPending())
          if (willRetry) store.updatePending(clientId, { state: "sending", willRetry: false });
      },
    });
  }

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
  readonly retryNow = (): void => this.drainer.retryNow();

  start(): void {
    this.drainer.start();
  }

  /** A request that is already running completes; no further message is sent until `start`. */
  stop(): void {
    this.drainer.stop();
  }

  private sendOrWait(clientId: string): void {
    if (!this.drainer.isPaused) this.drainer.retryNow();
    else this.store.updatePending(clientId, { state: "failed", willRetry: true });
  }
}
