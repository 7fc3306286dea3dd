import type { LogEntry, MessageSpec } from "./model";
import type { Limits } from "./options";

/** A message the log still speaks of; gone with its last entry. */
export interface LoggedMessage {
  message: MessageSpec;
  entries: number;
  finishedAt?: number;
}

/**
 * The log, bounded by count, by age and by the bytes it holds: the oldest entries go first, and a finished
 * message goes with its last entry. A plain value: it changes only by what the journal holds.
 */
export class MessageLog {
  private entries: LogEntry[] = [];
  /** Entries before this index are gone; the array is cut now and then rather than shifted each time. */
  private start = 0;
  /** Never goes back, though every entry be gone: a reader's cursor is one of these numbers. */
  nextSeq = 1;
  private bytes = 0;
  readonly messages = new Map<string, LoggedMessage>();

  constructor(private readonly limits: Limits) {}

  get size(): number {
    return this.entries.length - this.start;
  }

  add(message: MessageSpec, entry: Omit<LogEntry, "seq" | "messageId">): void {
    this.insert({ seq: this.nextSeq, messageId: message.id, ...entry }, message);
    while (this.size > this.limits.maxLogEntries || (this.bytes > this.limits.maxLogBytes && this.size > 1)) {
      this.dropOldest();
    }
  }

  finish(messageId: string, at: number): void {
    const logged = this.messages.get(messageId);
    if (logged) logged.finishedAt = at;
  }

  dropBefore(time: number): void {
    for (
      let oldest = this.entries[this.start];
      oldest && oldest.time < time;
      oldest = this.entries[this.start]
    ) {
      this.dropOldest();
    }
  }

  /** Newest first, from just before `beforeSeq`. */
  *newestFirst(beforeSeq = Number.POSITIVE_INFINITY): Generator<{ entry: LogEntry; message: MessageSpec }> {
    for (let index = this.entries.length - 1; index >= this.start; index--) {
      const entry = this.entries[index];
      if (!entry || entry.seq >= beforeSeq) continue;
      const logged = this.messages.get(entry.messageId);
      if (logged) yield { entry, message: logged.message };
    }
  }

  /** Puts an entry back as a snapshot has it, or adds a new one. */
  insert(entry: LogEntry, message: MessageSpec): void {
    this.entries.push(entry);
    this.nextSeq = Math.max(this.nextSeq, entry.seq + 1);
    this.bytes += estimateEntryBytes(entry);
    const logged = this.messages.get(entry.messageId);
    if (logged) {
      logged.entries++;
    } else {
      this.messages.set(entry.messageId, { message, entries: 1 });
      this.bytes += estimateMessageBytes(message);
    }
  }

  /** Oldest first, for a snapshot. */
  *oldestFirst(): Generator<LogEntry> {
    for (let index = this.start; index < this.entries.length; index++) {
      const entry = this.entries[index];
      if (entry) yield entry;
    }
  }

  private dropOldest(): void {
    const entry = this.entries[this.start];
    if (!entry) return;
    this.start++;
    this.bytes -= estimateEntryBytes(entry);
    const logged = this.messages.get(entry.messageId);
    if (logged && --logged.entries === 0) {
      this.messages.delete(entry.messageId);
      this.bytes -= estimateMessageBytes(logged.message);
    }
    if (this.start > 1024 && this.start * 2 > this.entries.length) {
      this.entries = this.entries.slice(this.start);
      this.start = 0;
    }
  }
}

/** Rough weights in memory; they need to be in proportion, not exact. */
const estimateEntryBytes = (entry: LogEntry): number => 200 + (entry.attempt?.body?.length ?? 0);
const estimateMessageBytes = (message: MessageSpec): number => 800 + message.body.length;
