import type { ApiResult } from "@/app/_ui/api-result";
import { type NewMessage, postMessage } from "./chat-api";
import { listChatsWithUnsent, listUnsent, type OutboxEntry, removeUnsent, toNewMessage } from "./outbox";
import { OutboxDrainer } from "./outbox-drainer";

export interface BackgroundOutbox {
  listChatIds(): string[];
  /** In the order in which they were written. */
  listUnsent(chatId: string): OutboxEntry[];
  send(chatId: string, message: NewMessage): Promise<ApiResult<unknown>>;
  remove(chatId: string, clientId: string): void;
}

interface UnsentMessage {
  chatId: string;
  entry: OutboxEntry;
}

/**
 * Sends the unsent messages of chats that are not open, in order within each chat. A rejected message stays in the
 * outbox: its author sees the reason when they open the chat.
 */
export class BackgroundSender {
  /** Sent or rejected here: not sent again, even if storage kept the entry. */
  private readonly handledIds = new Set<string>();
  private openChatId: string | null = null;
  private readonly drainer: OutboxDrainer<UnsentMessage, unknown>;

  constructor(private readonly outbox: BackgroundOutbox) {
    this.drainer = new OutboxDrainer({
      next: () => this.findNext(),
      send: ({ chatId, entry }) => outbox.send(chatId, toNewMessage(entry)),
      onSent: ({ chatId, entry }) => {
        this.handledIds.add(entry.clientId);
        outbox.remove(chatId, entry.clientId);
      },
      onRejected: ({ entry }) => this.handledIds.add(entry.clientId),
    });
  }

  /** @param openChatId  chat that is skipped, because its page sends its messages */
  start(openChatId: string | null): void {
    this.openChatId = openChatId;
    this.drainer.start();
  }

  /** A request that is already running completes. */
  stop(): void {
    this.drainer.stop();
  }

  /** Runs immediately: the connection may be back, or there is something to send. */
  readonly retryNow = (): void => this.drainer.retryNow();

  private findNext(): UnsentMessage | undefined {
    for (const chatId of this.outbox.listChatIds()) {
      if (chatId === this.openChatId) continue;
      const entry = this.outbox.listUnsent(chatId).find(({ clientId }) => !this.handledIds.has(clientId));
      if (entry) return { chatId, entry };
    }
    return undefined;
  }
}

/** One for each user of this page, so that none forgets what it has sent. */
const senders = new Map<string, BackgroundSender>();

function senderFor(viewerId: string): BackgroundSender {
  const sender =
    senders.get(viewerId) ??
    new BackgroundSender({
      listChatIds: () => listChatsWithUnsent(viewerId),
      listUnsent: (chatId) => listUnsent(viewerId, chatId),
      send: postMessage,
      remove: (chatId, clientId) => removeUnsent(viewerId, chatId, clientId),
    });
  senders.set(viewerId, sender);
  return sender;
}

/** Sends the unsent messages of chats that are not open, once there is a connection. @returns stops */
export function startBackgroundSender(viewerId: string, openChatId: string | null): () => void {
  const sender = senderFor(viewerId);
  sender.start(openChatId);
  addEventListener("online", sender.retryNow);
  return () => {
    removeEventListener("online", sender.retryNow);
    sender.stop();
  };
}
