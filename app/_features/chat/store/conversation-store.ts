import type { MessagesPage } from "@/lib/schemas/message-list";
import type { ChatMessage, Quote } from "./chat-api";
import type { ConversationView, OutgoingMessage } from "./conversation-view";
import { createQuoteRefresher } from "./quotes";

/**
 * One conversation as a browser knows it, built from pages, events and responses that may arrive in any order, twice or
 * not at all.
 *
 * It keeps every received message in its newest form, and shows a contiguous window of them: `firstSeq` … `endSeq`, or
 * up to the newest. `syncedRevision` is the revision up to which nothing was missed: every message in the window is at
 * least as new as at that revision. Invariant: once `syncedRevision` is the server's revision, the window equals the
 * server's messages in its range. An event with the next revision advances it, and so does a response to "everything
 * since `syncedRevision`"; a store that has received a higher revision is behind and must fetch.
 *
 * Pure: it sends no requests and reads no clock.
 */
export class ConversationStore {
  private readonly messages = new Map<string, ChatMessage>();
  /** By message id: the chat's revision at which the message's names, titles and quotes were last read. */
  private readonly readRevisions = new Map<string, number>();
  private readonly pending = new Map<string, OutgoingMessage>();
  /** Client ids of the viewer's messages that the server has, sent from this browser or another one. */
  private readonly sentClientIds = new Set<string>();
  /** Revisions beyond `syncedRevision` that have already arrived. */
  private readonly aheadRevisions = new Set<number>();
  private readonly listeners = new Set<() => void>();
  private readonly refreshQuote = createQuoteRefresher((id) => this.messages.get(id));
  private view: ConversationView | null = null;
  private latestRevision = 0;
  private lastSeq = 0;
  private firstSeq = 1;
  private endSeq: number | null = null;
  /** See the class comment. */
  syncedRevision = 0;
  /** Incremented when a reset drops all messages: responses requested before it are ignored. */
  generation = 0;
  /** Incremented when another window is shown: pages requested for the previous one are ignored. */
  windowVersion = 0;

  constructor(
    private readonly viewerId: string,
    page: MessagesPage,
  ) {
    this.startWindow(page);
  }

  /** Whether a change was missed. */
  isBehind(): boolean {
    return this.syncedRevision < this.latestRevision;
  }

  /** Applies a message of an event or a response, in any order and any number of times. */
  apply(message: ChatMessage): void {
    this.mergeMessage(message);
    this.advanceSynced(this.syncedRevision);
    this.notifyListeners();
  }

  /** Applies a response to "everything since `syncedRevision`", requested in `generation`. */
  applyChanges(page: MessagesPage, generation: number): void {
    if (generation !== this.generation) return;
    this.mergePage(page);
    const last = page.items.at(-1);
    this.advanceSynced(page.hasMore && last ? last.revision : page.revision);
    this.notifyListeners();
  }

  /** Applies a response to "before the first shown message". */
  applyOlder(page: MessagesPage, windowVersion: number): void {
    if (windowVersion !== this.windowVersion) return;
    this.mergePage(page);
    // Without older messages the window starts at the beginning of the chat.
    this.firstSeq = page.hasMore ? (page.items[0]?.seq ?? this.firstSeq) : 1;
    this.notifyListeners();
  }

  /** Applies a response to "after the last shown message". */
  applyNewer(page: MessagesPage, windowVersion: number): void {
    if (windowVersion !== this.windowVersion || this.endSeq === null) return;
    this.mergePage(page);
    this.endSeq = page.hasMore ? (page.items.at(-1)?.seq ?? this.endSeq) : null;
    this.notifyListeners();
  }

  /** Applies current messages from any part of the chat: the pinned ones. */
  applyPinned(messages: readonly ChatMessage[], generation: number): void {
    if (generation !== this.generation) return;
    for (const message of messages) this.mergeMessage(message);
    this.advanceSynced(this.syncedRevision);
    this.notifyListeners();
  }

  /** Shows `page` as the new window, around a message outside the current one. */
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
   * Shows the newest page: to return to the end, or when too much was missed to fetch. If anything was missed, all
   * messages are dropped; otherwise they are at least as new as the page.
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

  /** @returns false when the server already has it */
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

  /** The message with this `seq`, if it is shown. */
  findShown(seq: number): ChatMessage | undefined {
    return this.getSnapshot().messages.find((message) => message.seq === seq);
  }

  /** A quote in the current form of its message. */
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
    // A page from the middle of the chat ends the window.
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

  /** @param readAt  chat revision at the read: at an equal message revision, names, titles and quotes may be newer */
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

  /** Everything up to `revision` is known; also consumes the revisions after it that have already arrived. */
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
    const shown = all
      .filter(({ seq }) => seq >= this.firstSeq && seq <= endSeq)
      .sort((a, b) => a.seq - b.seq);
    return {
      messages: shown.map(this.refreshQuote),
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
