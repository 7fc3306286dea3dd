import { log } from "../core/log";
import type { Channel } from "../schemas/channels";
import { type Cursor, type LoggedEvent, type LogRead, readLog } from "./channel-log";

/** Callbacks of a subscriber, called in order; between two `onEvent` with a cursor no event is missing. */
export interface SubscriptionListener {
  /** The subscription is active. If not `resumed`, events may be missing: read the state again. */
  onJoined(channel: Channel, at: Cursor, resumed: boolean): void;
  /** @param at  null for a volatile event, which is in no log */
  onEvent(channel: Channel, at: Cursor | null, event: LoggedEvent): void;
  /** Events are missing that the log no longer has: read the state again; the subscription continues at the cursor. */
  onReload(channel: Channel, at: Cursor): void;
}

/** Reads of one catch-up while the log keeps growing; the next comparison of heads continues from there. */
const MAX_READS_PER_CATCH_UP = 5;

/**
 * One subscriber of one channel. It delivers every event once and in order, even when upstream messages are lost,
 * repeated or reordered: the log is authoritative, and an upstream message is only a faster way to its next entry.
 */
export class ChannelSubscription {
  private joined = false;
  private ended = false;
  /** The last read of the log succeeded, or none was needed. */
  private isRead = false;
  private reading: Promise<void> | null = null;
  /** The event at the cursor; null when it was not delivered here (after a join or a reload). */
  private lastEvent: LoggedEvent | null = null;
  /** Upstream entries received while the log was being read. */
  private buffered: { cursor: Cursor; event: LoggedEvent }[] = [];

  /** @param at  cursor of the subscriber's last event; null starts from now */
  constructor(
    readonly channel: Channel,
    private at: Cursor | null,
    private readonly listener: SubscriptionListener,
  ) {}

  /** The cursor of the last event, while every published event has been delivered; null when the log must be read. */
  get position(): Cursor | null {
    return this.joined && this.isRead && !this.reading ? this.at : null;
  }

  /** Joins without a read when the subscriber's cursor is known to be the head of the log; else catches up. */
  async joinAt(head: Cursor | undefined): Promise<void> {
    const isAtHead = head && (!this.at || (this.at.epoch === head.epoch && this.at.n === head.n));
    if (!isAtHead || this.joined || this.reading) return this.catchUp();
    const isResumed = this.at !== null;
    this.at = head;
    this.joined = this.isRead = true;
    this.listener.onJoined(this.channel, head, isResumed);
  }

  /** Takes a published entry of the log; entries may come in any order. */
  receive(at: Cursor, event: LoggedEvent): void {
    if (this.reading) this.buffered.push({ cursor: at, event });
    // An old number is a duplicate, or the log was set back and numbers again from there: the log decides.
    else if (!this.applyNext(at, event)) void this.catchUp();
  }

  /** Delivers an event that is in no log. */
  deliverVolatile(event: LoggedEvent): void {
    if (this.joined && !this.ended) this.listener.onEvent(this.channel, null, event);
  }

  /** Catches up when the cursor is behind the head (events missed) or past it (the log has lost entries). */
  async compareWithHead(head: Cursor): Promise<void> {
    // A read that began before the head was read may have missed it.
    await this.reading;
    const isAtHead = this.joined && this.at?.epoch === head.epoch && this.at.n === head.n;
    if (!isAtHead) await this.catchUp();
  }

  /** Reads the log from the cursor on. Never throws: without Redis the next comparison of heads repeats it. */
  catchUp(): Promise<void> {
    this.reading ??= this.replayLog();
    return this.reading;
  }

  /** Stops all deliveries, including those of a read in progress. */
  end(): void {
    this.ended = true;
  }

  private async replayLog(): Promise<void> {
    this.isRead = false;
    try {
      for (let reads = 0; reads < MAX_READS_PER_CATCH_UP && !this.ended; reads += 1) {
        this.applyLogRead(await readLog({ channel: this.channel, since: this.at }));
        const bufferedEvents = this.buffered;
        this.buffered = [];
        if (
          bufferedEvents.every(({ cursor, event }) => this.isApplied(cursor) || this.applyNext(cursor, event))
        ) {
          this.isRead = true;
          break;
        }
      }
    } catch (error) {
      log().debug({ err: error, channel: this.channel }, "channel log not read: Redis unavailable");
    }
    // In the same tick as the last check of the buffer, so that later entries are applied and not buffered.
    this.buffered = [];
    this.reading = null;
  }

  private applyLogRead({ head, events }: LogRead): void {
    if (this.ended) return;
    const from = this.at;
    const isFirst = !this.joined;
    this.joined = true;
    if (!from || !events) {
      this.at = head;
      // The event at the new cursor is part of the state that the subscriber reads: a late copy of it is not new.
      this.lastEvent = null;
      if (isFirst) this.listener.onJoined(this.channel, head, false);
      else this.listener.onReload(this.channel, head);
      return;
    }
    if (isFirst) this.listener.onJoined(this.channel, from, true);
    for (const event of events) {
      this.deliver({ epoch: head.epoch, n: (this.at?.n ?? 0) + 1 }, event);
    }
  }

  /** Whether the log read has delivered the entry already. */
  private isApplied(at: Cursor): boolean {
    return this.at?.epoch === at.epoch && at.n <= this.at.n;
  }

  /** @returns false when it is not the next entry: then the log must be read */
  private applyNext(at: Cursor, event: LoggedEvent): boolean {
    if (this.ended) return true;
    if (!this.joined || this.at?.epoch !== at.epoch) return false;
    // A log that was set back by one entry has a different event under the same number. After a reload the event at
    // the cursor is not known here, and a copy of it is far more likely.
    const isReplaced =
      at.n === this.at.n && JSON.stringify(event) !== JSON.stringify(this.lastEvent ?? event);
    if (at.n !== this.at.n + 1 && !isReplaced) return false;
    this.deliver(at, event);
    return true;
  }

  private deliver(at: Cursor, event: LoggedEvent): void {
    this.at = at;
    this.lastEvent = event;
    this.listener.onEvent(this.channel, at, event);
  }
}
