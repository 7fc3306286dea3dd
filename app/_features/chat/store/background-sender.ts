import type { ApiResult } from "@/app/_ui/api-result";
import type { NewMessage } from "./chat-api";
import { isRetryable } from "./is-retryable";
import type { OutboxEntry } from "./outbox";

const MIN_RETRY_DELAY_MS = 2_000;
const MAX_RETRY_DELAY_MS = 60_000;

export interface BackgroundOutbox {
  listChatIds(): string[];
  /** In the order in which they were written. */
  listUnsent(chatId: string): OutboxEntry[];
  send(chatId: string, message: NewMessage): Promise<ApiResult<unknown>>;
  remove(chatId: string, clientId: string): void;
}

/**
 * Sends the unsent messages of chats that are not open, in order within each chat, and retries temporary failures. A
 * rejected message stays in the outbox and blocks nothing: its author sees the reason when they open the chat.
 */
export class BackgroundSender {
  private readonly rejectedIds = new Set<string>();
  private openChatId: string | null = null;
  private isSending = false;
  private rerunRequested = false;
  private isStopped = false;
  private retryDelayMs = MIN_RETRY_DELAY_MS;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly outbox: BackgroundOutbox) {}

  /** @param openChatId  chat that is skipped, because its page sends its messages */
  start(openChatId: string | null): void {
    this.isStopped = false;
    this.openChatId = openChatId;
    this.retryNow();
  }

  /** A request that is already running completes. */
  stop(): void {
    this.isStopped = true;
    clearTimeout(this.retryTimer);
  }

  /** Runs immediately: the connection may be back, or there is something to send. */
  readonly retryNow = (): void => {
    clearTimeout(this.retryTimer);
    this.rerunRequested = true;
    if (!this.isSending) void this.run();
  };

  private async run(): Promise<void> {
    this.isSending = true;
    let waitMs = 0;
    while (this.rerunRequested && !this.isStopped) {
      this.rerunRequested = false;
      waitMs = await this.sendAll();
    }
    this.isSending = false;
    if (waitMs > 0 && !this.isStopped) this.retryTimer = setTimeout(this.retryNow, waitMs);
  }

  /** @returns delay before the next attempt, in ms; 0: nothing to retry */
  private async sendAll(): Promise<number> {
    for (const chatId of this.outbox.listChatIds()) {
      for (const { clientId, text, replyTo, attachments } of this.outbox.listUnsent(chatId)) {
        if (this.isStopped || chatId === this.openChatId) break;
        if (this.rejectedIds.has(clientId)) continue;
        const attachmentIds = attachments.map(({ id }) => id);
        const result = await this.outbox.send(chatId, {
          clientId,
          text,
          replyToId: replyTo?.id,
          attachmentIds,
        });
        if (result.ok) {
          this.outbox.remove(chatId, clientId);
          this.retryDelayMs = MIN_RETRY_DELAY_MS;
        } else if (isRetryable(result.failure)) {
          // The connection or the server failed, so the remaining messages would fail as well.
          const waitMs = Math.max(this.retryDelayMs, (result.failure.retryAfterSeconds ?? 0) * 1_000);
          this.retryDelayMs = Math.min(this.retryDelayMs * 2, MAX_RETRY_DELAY_MS);
          return waitMs;
        } else this.rejectedIds.add(clientId);
      }
    }
    return 0;
  }
}
