import type { LogEntry, MessageSpec } from "./model";
import type { Limits } from "./options";

/** A message with entries in the log; removed with its last entry. */
export interface LoggedMessage {
  message: MessageSpec;
  entries: number;
  finishedAt?: number;
}

/**
 * The log, bounded by count, age and bytes: the oldest entries are dropped first, and a finished message is dropped
 * with its last entry. Part of the state: only records of the journal change it.
 */
export class MessageLog {
  private entries: LogEntry[] = [];
  /** Entries before this index are dropped; the array is cut from time to time instead of shifted each time. */
  private start = 0;
  /** Never decreases, even when all entries are dropped: cursors are these numbers. */
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

  /** Entries before `beforeSeq`, newest first. */
  *newestFirst(beforeSeq = Number.POSITIVE_INFINITY): Generator<{ entry: LogEntry; message: MessageSpec }> {
    for (let index = this.entries.length - 1; index >= this.start; index--) {
      const entry = this.entries[index];
      if (!entry || entry.seq >= beforeSeq) continue;
      const logged = this.messages.get(entry.messageId);
      if (logged) yield { entry, message: logged.message };
    }
  }

  /** Inserts an entry, a new one or one from a snapshot, without applying the bounds. */
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

  /** All entries, oldest first, for a snapshot. */
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

/** Estimates of the memory used; the proportions matter, not the exact values. */
const estimateEntryBytes = (entry: LogEntry): number => 200 + (entry.attempt?.body?.length ?? 0);
const estimateMessageBytes = (message: MessageSpec): number => 800 + message.body.length;
