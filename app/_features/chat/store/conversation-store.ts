import type { ChatMessage, MessagesPage, Quote } from "./chat-api";
import type { ConversationView, OutgoingMessage } from "./conversation-view";
import { createQuoteRefresher } from "./quotes";

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
  private readonly messages = new Map<string, ChatMessage>();
  /** The chat's revision at which names, titles and quotes in a message were last read, by its id. */
  private readonly readRevisions = new Map<string, number>();
  private readonly pending = new Map<string, OutgoingMessage>();
  /** Own messages that the server has, by what this browser or another one called them. */
  private readonly sentClientIds = new Set<string>();
  /** Revisions beyond `known` that have come already. */
  private readonly aheadRevisions = new Set<number>();
  private readonly listeners = new Set<() => void>();
  private readonly refreshQuote = createQuoteRefresher((id) => this.messages.get(id));
  private view: ConversationView | null = null;
  private latestRevision = 0;
  private lastSeq = 0;
  private firstSeq = 1;
  private endSeq: number | null = null;
  /** See the class. */
  syncedRevision = 0;
  /** Grows with each reset: what was asked about changes before is of no use after it. */
  generation = 0;
  /** Grows when another run is shown: what was asked for at the ends of the one before does not fit it. */
  windowVersion = 0;

  constructor(
    private readonly viewerId: string,
    page: MessagesPage,
  ) {
    this.startWindow(page);
  }

  /** Something was missed. */
  isBehind(): boolean {
    return this.syncedRevision < this.latestRevision;
  }

  /** An event's message, or an answer's. In any order, any number of times. */
  apply(message: ChatMessage): void {
    this.mergeMessage(message);
    this.advanceSynced(this.syncedRevision);
    this.notifyListeners();
  }

  /** The answer to "everything since", where `since` was `known` then. */
  applyChanges(page: MessagesPage, generation: number): void {
    if (generation !== this.generation) return;
    this.mergePage(page);
    const last = page.items.at(-1);
    this.advanceSynced(page.hasMore && last ? last.revision : page.revision);
    this.notifyListeners();
  }

  /** The answer to "before the first that is shown". */
  applyOlder(page: MessagesPage, windowVersion: number): void {
    if (windowVersion !== this.windowVersion) return;
    this.mergePage(page);
    // No more of them: whatever was before is not there.
    this.firstSeq = page.hasMore ? (page.items[0]?.seq ?? this.firstSeq) : 1;
    this.notifyListeners();
  }

  /** The answer to "after the last that is shown". */
  applyNewer(page: MessagesPage, windowVersion: number): void {
    if (windowVersion !== this.windowVersion || this.endSeq === null) return;
    this.mergePage(page);
    this.endSeq = page.hasMore ? (page.items.at(-1)?.seq ?? this.endSeq) : null;
    this.notifyListeners();
  }

  /** Messages from anywhere, as they are now: the pinned ones. */
  applyPinned(messages: readonly ChatMessage[], generation: number): void {
    if (generation !== this.generation) return;
    for (const message of messages) this.mergeMessage(message);
    this.advanceSynced(this.syncedRevision);
    this.notifyListeners();
  }

  /** Shows another run, around a message far from this one: `page` is what is before its end. */
  showAround(page: MessagesPage, windowVersion: number): void {
    const [first, last] = [page.items[0], page.items.at(-1)];
    if (windowVersion !== this.windowVersion || !first || !last) return;
    this.windowVersion++;
    this.mergePage(page);
    this.firstSeq = page.hasMore ? first.seq : 1;
    this.endSeq = last.seq < this.lastSeq ? last.seq : null;
    this.notifyListeners();
  }

  /**
   * Shows the newest page: to come back to the end, or when too much was missed to ask for it. If anything was missed
   * it begins anew; else what it has is at least as new.
   */
  reset(page: MessagesPage): void {
    if (page.revision > this.syncedRevision) {
      this.messages.clear();
      this.readRevisions.clear();
      this.aheadRevisions.clear();
      this.generation++;
    }
    this.windowVersion++;
    this.startWindow(page);
    this.notifyListeners();
  }

  /** @returns false when the server has it already */
  addPending(pending: OutgoingMessage): boolean {
    if (this.sentClientIds.has(pending.clientId)) return false;
    this.pending.set(pending.clientId, pending);
    this.notifyListeners();
    return true;
  }

  updatePending(clientId: string, change: Partial<Omit<OutgoingMessage, "clientId">>): void {
    const pending = this.pending.get(clientId);
    if (!pending) return;
    this.pending.set(clientId, { ...pending, ...change });
    this.notifyListeners();
  }

  removePending(clientId: string): void {
    if (this.pending.delete(clientId)) this.notifyListeners();
  }

  listPending(): OutgoingMessage[] {
    return [...this.pending.values()];
  }

  /** The message with this number, if it is shown. */
  findShown(seq: number): ChatMessage | undefined {
    return this.getSnapshot().messages.find((message) => message.seq === seq);
  }

  /** A quote as what it quotes is now. */
  withCurrentQuote(quote: Quote): Quote {
    return this.refreshQuote({ replyTo: quote }).replyTo;
  }

  /** For useSyncExternalStore. */
  readonly getSnapshot = (): ConversationView => {
    this.view ??= this.buildView();
    return this.view;
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  private startWindow(page: MessagesPage): void {
    this.syncedRevision = Math.max(this.syncedRevision, page.revision);
    const [first, last] = [page.items[0], page.items.at(-1)];
    this.lastSeq = Math.max(this.lastSeq, page.lastSeq);
    this.firstSeq = page.hasMore && first ? first.seq : 1;
    // A page from the middle ends there.
    this.endSeq = last && last.seq < page.lastSeq ? last.seq : null;
    this.mergePage(page);
    this.advanceSynced(this.syncedRevision);
  }

  private mergePage(page: MessagesPage): void {
    for (const message of page.items) this.mergeMessage(message, page.revision);
    this.raiseLatest(page);
  }

  private raiseLatest({ revision, lastSeq }: Pick<MessagesPage, "revision" | "lastSeq">): void {
    this.latestRevision = Math.max(this.latestRevision, revision);
    this.lastSeq = Math.max(this.lastSeq, lastSeq);
  }

  /** @param readAt  the chat's revision when it was read: of the same message, what points elsewhere may be newer */
  private mergeMessage(message: ChatMessage, readAt = message.revision): void {
    const { id, revision } = message;
    const knownRevision = this.messages.get(id)?.revision ?? 0;
    if (
      revision > knownRevision ||
      (revision === knownRevision && readAt > (this.readRevisions.get(id) ?? 0))
    ) {
      this.messages.set(id, message);
      this.readRevisions.set(id, readAt);
    }
    if (message.revision > this.syncedRevision) this.aheadRevisions.add(message.revision);
    this.latestRevision = Math.max(this.latestRevision, message.revision);
    this.lastSeq = Math.max(this.lastSeq, message.seq);
    if (message.authorId !== this.viewerId) return;
    this.sentClientIds.add(message.clientId);
    this.pending.delete(message.clientId);
  }

  /** Everything up to `revision` is known, and whatever has come that follows on it. */
  private advanceSynced(revision: number): void {
    this.syncedRevision = Math.max(this.syncedRevision, revision);
    while (this.aheadRevisions.delete(this.syncedRevision + 1)) this.syncedRevision++;
    for (const aheadRevision of this.aheadRevisions)
      if (aheadRevision <= this.syncedRevision) this.aheadRevisions.delete(aheadRevision);
    this.latestRevision = Math.max(this.latestRevision, this.syncedRevision);
  }

  private buildView(): ConversationView {
    const endSeq = this.endSeq ?? Number.POSITIVE_INFINITY;
    const all = [...this.messages.values()];
    const run = all.filter(({ seq }) => seq >= this.firstSeq && seq <= endSeq).sort((a, b) => a.seq - b.seq);
    return {
      messages: run.map(this.refreshQuote),
      pending: this.listPending().map(this.refreshQuote),
      hasOlder: this.firstSeq > 1,
      hasNewer: this.endSeq !== null && this.endSeq < this.lastSeq,
      lastSeq: this.lastSeq,
      generation: this.generation,
      pinned: all
        .filter(({ pinnedAt, deletedAt }) => pinnedAt !== null && deletedAt === null)
        .sort((a, b) => (a.pinnedAt ?? "").localeCompare(b.pinnedAt ?? "")),
    };
  }

  private notifyListeners(): void {
    this.view = null;
    for (const listener of this.listeners) listener();
  }
}
