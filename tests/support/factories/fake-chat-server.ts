import type { ChatMessage } from "@/app/_features/chat/store/chat-api";
import type { OutgoingMessage } from "@/app/_features/chat/store/conversation-view";
import { createQuote } from "@/app/_features/chat/store/quotes";
import type { ApiResult } from "@/app/_ui/api-result";
import type { MessagesPage } from "@/lib/schemas/message-list";

export const ME = "me";
const PAGE = 3;
const CHANGES = 2;

const NOTHING: Pick<ChatMessage, "editedAt" | "deletedAt" | "pinnedAt" | "replyTo" | "post"> = {
  ...{ editedAt: null, deletedAt: null, pinnedAt: null, replyTo: null, post: null },
};

/** A model of the chat server: its messages and its responses at the moment of the request. */
export class FakeChatServer {
  readonly list: ChatMessage[] = [];
  revision = 0;

  write(authorId: string, clientId: string): ChatMessage {
    const known = this.list.find((each) => each.authorId === authorId && each.clientId === clientId);
    if (known) return this.view(known);
    const seq = this.list.length + 1;
    const message: ChatMessage = {
      ...{ id: `m${String(seq)}`, chatId: "c", seq, revision: ++this.revision, clientId },
      ...{
        authorId,
        authorName: authorId,
        authorHandle: null,
        text: `r${String(this.revision)}`,
        createdAt: "",
      },
      ...NOTHING,
      ...{ mentions: [], reactions: [], attachments: [] },
    };
    this.list.push(message);
    return this.view(message);
  }

  /** The message as a client reads it; every third message is a reply to an earlier one. */
  private readonly view = (message: ChatMessage): ChatMessage => {
    const original = message.seq % 3 === 0 ? this.list[Math.floor(message.seq / 2) - 1] : undefined;
    return original ? { ...message, replyTo: createQuote(original) } : message;
  };

  read(from = 1, to = this.list.length): ChatMessage[] {
    return this.list.slice(from - 1, to).map(this.view);
  }

  change(position: number): ChatMessage | undefined {
    const index = position % Math.max(1, this.list.length);
    const before = this.list[index];
    if (!before) return undefined;
    const revision = ++this.revision;
    const after = { ...before, revision, text: `r${String(revision)}` };
    this.list[index] = after;
    return this.view(after);
  }

  before(seq: number): MessagesPage {
    const older = this.list.filter((each) => each.seq < seq);
    return this.page(older.slice(-PAGE), older.length > PAGE);
  }

  after(seq: number): MessagesPage {
    const newer = this.list.filter((each) => each.seq > seq);
    return this.page(newer.slice(0, PAGE), newer.length > PAGE);
  }

  newest(): MessagesPage {
    return this.before(Number.POSITIVE_INFINITY);
  }

  since(revision: number): MessagesPage {
    const changed = this.list.filter((each) => each.revision > revision);
    changed.sort((a, b) => a.revision - b.revision);
    return this.page(changed.slice(0, CHANGES), changed.length > CHANGES);
  }

  private page(items: ChatMessage[], hasMore: boolean): MessagesPage {
    return { items: items.map(this.view), hasMore, revision: this.revision, lastSeq: this.list.length };
  }
}

export const networkFailure = {
  ok: false,
  failure: { code: "network", message: null, requestId: null, details: [], retryAfterSeconds: null },
} satisfies ApiResult<never>;

export const flushMicrotasks = async () => {
  for (let turn = 0; turn < 12; turn++) await Promise.resolve();
};

export function createPending(clientId: string): OutgoingMessage {
  return {
    ...{ clientId, text: "", replyTo: null, attachments: [], createdAt: "" },
    ...{ state: "sending", failure: null, willRetry: false },
  };
}
