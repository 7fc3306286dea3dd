import type { ApiResult } from "@/app/_ui/api-result";
import type { NewMessage } from "./chat-api";
import { isPassing } from "./is-retryable";
import type { Kept } from "./outbox";

const FIRST_AGAIN_MS = 2_000;
const LONGEST_AGAIN_MS = 60_000;

export interface ElsewherePost {
  chats(): string[];
  /** In the order in which they were written. */
  unsentOf(chatId: string): Kept[];
  send(chatId: string, message: NewMessage): Promise<ApiResult<unknown>>;
  forget(chatId: string, clientId: string): void;
}

/**
 * Sends what was written in chats that are not open, each chat's messages in their order; what fails for reasons that
 * pass goes again by itself. What is refused stays in the browser's keeping and blocks nothing: its author sees why
 * when they open the chat.
 */
export class Elsewhere {
  private readonly refused = new Set<string>();
  private openChatId: string | null = null;
  private working = false;
  private wanted = false;
  private ended = false;
  private againMs = FIRST_AGAIN_MS;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly post: ElsewherePost) {}

  /** @param openChatId  its own page sends what was written there */
  begin(openChatId: string | null): void {
    this.ended = false;
    this.openChatId = openChatId;
    this.again();
  }

  /** What is on its way arrives. */
  end(): void {
    this.ended = true;
    clearTimeout(this.timer);
  }

  /** At once: there may be a connection, or something to send. */
  readonly again = (): void => {
    clearTimeout(this.timer);
    this.wanted = true;
    if (!this.working) void this.work();
  };

  private async work(): Promise<void> {
    this.working = true;
    let waitMs = 0;
    while (this.wanted && !this.ended) {
      this.wanted = false;
      waitMs = await this.sendAll();
    }
    this.working = false;
    if (waitMs > 0 && !this.ended) this.timer = setTimeout(this.again, waitMs);
  }

  /** @returns after how long once more (ms); 0: there is nothing to wait for */
  private async sendAll(): Promise<number> {
    for (const chatId of this.post.chats()) {
      for (const { clientId, text, replyTo, attachments } of this.post.unsentOf(chatId)) {
        if (this.ended || chatId === this.openChatId) break;
        if (this.refused.has(clientId)) continue;
        const attachmentIds = attachments.map(({ id }) => id);
        const result = await this.post.send(chatId, {
          clientId,
          text,
          replyToId: replyTo?.id,
          attachmentIds,
        });
        if (result.ok) {
          this.post.forget(chatId, clientId);
          this.againMs = FIRST_AGAIN_MS;
        } else if (isPassing(result.failure)) {
          // It is about the connection or the server, so the others would fare no better.
          const waitMs = Math.max(this.againMs, (result.failure.retryAfterSeconds ?? 0) * 1_000);
          this.againMs = Math.min(this.againMs * 2, LONGEST_AGAIN_MS);
          return waitMs;
        } else this.refused.add(clientId);
      }
    }
    return 0;
  }
}
