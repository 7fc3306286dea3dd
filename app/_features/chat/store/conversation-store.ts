import type { Message, MessagesPage, Quote } from "./chat-api";
import type { Pending, Shown } from "./conversation-view";
import { quoteRenewer } from "./quotes";

/**
 * One conversation as a browser knows it, put together from pages, events and answers in whatever order they come,
 * also twice or not at all.
 *
 * It keeps every message that it has heard of, in its newest form, and shows a run of them: `from` … `to`, or up to
 * the end. `known` is the revision up to which nothing was missed: every message of the run is at least as new as it
 * was then. Invariant: once `known` is the server's revision, the run is what the server has in those places. The
 * number grows by an event that follows on it, or by an answer to "everything since `known`"; whoever has heard of
 * more than `known` is behind and has to ask.
 *
 * Pure: asks nobody, and has no clock.
 */
export class ConversationStore {
  private readonly messages = new Map<string, Message>();
  /** The chat's revision at which names, titles and quotes in a message were last read, by its id. */
  private readonly readAt = new Map<string, number>();
  private readonly pending = new Map<string, Pending>();
  /** Own messages that the server has, by what this browser or another one called them. */
  private readonly sent = new Set<string>();
  /** Revisions beyond `known` that have come already. */
  private readonly ahead = new Set<number>();
  private readonly listeners = new Set<() => void>();
  private readonly withQuote = quoteRenewer((id) => this.messages.get(id));
  private shown: Shown | null = null;
  private heard = 0;
  private lastSeq = 0;
  private from = 1;
  private to: number | null = null;
  /** See the class. */
  known = 0;
  /** Grows with each reset: what was asked about changes before is of no use after it. */
  generation = 0;
  /** Grows when another run is shown: what was asked for at the ends of the one before does not fit it. */
  place = 0;

  constructor(
    private readonly viewerId: string,
    page: MessagesPage,
  ) {
    this.begin(page);
  }

  /** Something was missed. */
  isBehind(): boolean {
    return this.known < this.heard;
  }

  /** An event's message, or an answer's. In any order, any number of times. */
  apply(message: Message): void {
    this.take(message);
    this.advance(this.known);
    this.changed();
  }

  /** The answer to "everything since", where `since` was `known` then. */
  takeChanges(page: MessagesPage, generation: number): void {
    if (generation !== this.generation) return;
    this.takeAll(page);
    const last = page.items.at(-1);
    this.advance(page.hasMore && last ? last.revision : page.revision);
    this.changed();
  }

  /** The answer to "before the first that is shown". */
  takeOlder(page: MessagesPage, place: number): void {
    if (place !== this.place) return;
    this.takeAll(page);
    // No more of them: whatever was before is not there.
    this.from = page.hasMore ? (page.items[0]?.seq ?? this.from) : 1;
    this.changed();
  }

  /** The answer to "after the last that is shown". */
  takeNewer(page: MessagesPage, place: number): void {
    if (place !== this.place || this.to === null) return;
    this.takeAll(page);
    this.to = page.hasMore ? (page.items.at(-1)?.seq ?? this.to) : null;
    this.changed();
  }

  /** Messages from anywhere, as they are now: the pinned ones. */
  takeAside(messages: readonly Message[], generation: number): void {
    if (generation !== this.generation) return;
    for (const message of messages) this.take(message);
    this.advance(this.known);
    this.changed();
  }

  /** Shows another run, around a message far from this one: `page` is what is before its end. */
  moveTo(page: MessagesPage, place: number): void {
    const [first, last] = [page.items[0], page.items.at(-1)];
    if (place !== this.place || !first || !last) return;
    this.place++;
    this.takeAll(page);
    this.from = page.hasMore ? first.seq : 1;
    this.to = last.seq < this.lastSeq ? last.seq : null;
    this.changed();
  }

  /**
   * Shows the newest page: to come back to the end, or when too much was missed to ask for it. If anything was missed
   * it begins anew; else what it has is at least as new.
   */
  reset(page: MessagesPage): void {
    if (page.revision > this.known) {
      this.messages.clear();
      this.readAt.clear();
      this.ahead.clear();
      this.generation++;
    }
    this.place++;
    this.begin(page);
    this.changed();
  }

  /** @returns false when the server has it already */
  addPending(pending: Pending): boolean {
    if (this.sent.has(pending.clientId)) return false;
    this.pending.set(pending.clientId, pending);
    this.changed();
    return true;
  }

  changePending(clientId: string, change: Partial<Omit<Pending, "clientId">>): void {
    const pending = this.pending.get(clientId);
    if (!pending) return;
    this.pending.set(clientId, { ...pending, ...change });
    this.changed();
  }

  removePending(clientId: string): void {
    if (this.pending.delete(clientId)) this.changed();
  }

  allPending(): Pending[] {
    return [...this.pending.values()];
  }

  /** The message with this number, if it is shown. */
  at(seq: number): Message | undefined {
    return this.read().messages.find((message) => message.seq === seq);
  }

  /** A quote as what it quotes is now. */
  renewed(quote: Quote): Quote {
    return this.withQuote({ replyTo: quote }).replyTo;
  }

  /** For useSyncExternalStore. */
  readonly read = (): Shown => {
    this.shown ??= this.show();
    return this.shown;
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  private begin(page: MessagesPage): void {
    this.known = Math.max(this.known, page.revision);
    const [first, last] = [page.items[0], page.items.at(-1)];
    this.lastSeq = Math.max(this.lastSeq, page.lastSeq);
    this.from = page.hasMore && first ? first.seq : 1;
    // A page from the middle ends there.
    this.to = last && last.seq < page.lastSeq ? last.seq : null;
    this.takeAll(page);
    this.advance(this.known);
  }

  private takeAll(page: MessagesPage): void {
    for (const message of page.items) this.take(message, page.revision);
    this.hear(page);
  }

  private hear({ revision, lastSeq }: Pick<MessagesPage, "revision" | "lastSeq">): void {
    this.heard = Math.max(this.heard, revision);
    this.lastSeq = Math.max(this.lastSeq, lastSeq);
  }

  /** @param readAt  the chat's revision when it was read: of the same message, what points elsewhere may be newer */
  private take(message: Message, readAt = message.revision): void {
    const { id, revision } = message;
    const before = this.messages.get(id)?.revision ?? 0;
    if (revision > before || (revision === before && readAt > (this.readAt.get(id) ?? 0))) {
      this.messages.set(id, message);
      this.readAt.set(id, readAt);
    }
    if (message.revision > this.known) this.ahead.add(message.revision);
    this.heard = Math.max(this.heard, message.revision);
    this.lastSeq = Math.max(this.lastSeq, message.seq);
    if (message.authorId !== this.viewerId) return;
    this.sent.add(message.clientId);
    this.pending.delete(message.clientId);
  }

  /** Everything up to `revision` is known, and whatever has come that follows on it. */
  private advance(revision: number): void {
    this.known = Math.max(this.known, revision);
    while (this.ahead.delete(this.known + 1)) this.known++;
    for (const each of this.ahead) if (each <= this.known) this.ahead.delete(each);
    this.heard = Math.max(this.heard, this.known);
  }

  private show(): Shown {
    const to = this.to ?? Number.POSITIVE_INFINITY;
    const all = [...this.messages.values()];
    const run = all.filter(({ seq }) => seq >= this.from && seq <= to).sort((a, b) => a.seq - b.seq);
    return {
      messages: run.map(this.withQuote),
      pending: this.allPending().map(this.withQuote),
      hasOlder: this.from > 1,
      hasNewer: this.to !== null && this.to < this.lastSeq,
      lastSeq: this.lastSeq,
      generation: this.generation,
      pinned: all
        .filter(({ pinnedAt, deletedAt }) => pinnedAt !== null && deletedAt === null)
        .sort((a, b) => (a.pinnedAt ?? "").localeCompare(b.pinnedAt ?? "")),
    };
  }

  private changed(): void {
    this.shown = null;
    for (const listener of this.listeners) listener();
  }
}
