import { log } from "../core/log";
import type { Channel } from "./catalogue";
import { type LoggedEvent, type LogRead, readLog } from "./channel-log";
import type { Cursor } from "./cursor";

/** What a listener is told. In order; between two `onEvent` with a cursor nothing is missing. */
export interface SubscriptionListener {
  /** It listens now. Not `resumed`: what it had before may lack something, so it should read all anew. */
  onJoined(channel: Channel, at: Cursor, resumed: boolean): void;
  /** @param at  null: nothing that a log keeps */
  onEvent(channel: Channel, at: Cursor | null, event: LoggedEvent): void;
  /** Something is missing that nobody can give it: it should read all anew, and goes on from here. */
  onReload(channel: Channel, at: Cursor): void;
}

/** Reads that found the log had moved on meanwhile; the next heartbeat goes on where this leaves it. */
const MAX_READS_PER_CATCH_UP = 5;

/**
 * One listener on one channel: sees to it that they get every event once and in order, whatever is lost or comes
 * twice on the way. The log is the truth; what comes from upstream is only the quicker way to its next entry.
 */
export class ChannelSubscription {
  private joined = false;
  private ended = false;
  private reading: Promise<void> | null = null;
  /** What the listener was given last. */
  private lastEvent: LoggedEvent | null = null;
  /** What came from upstream while the log was being read. */
  private buffered: { cursor: Cursor; event: LoggedEvent }[] = [];

  /** @param at  the last that the listener has; null: from now */
  constructor(
    readonly channel: Channel,
    private at: Cursor | null,
    private readonly listener: SubscriptionListener,
  ) {}

  /** An entry of the log, as it was published: any, in any order. */
  receive(at: Cursor, event: LoggedEvent): void {
    if (this.reading) this.buffered.push({ cursor: at, event });
    // A number that is known already: it came twice, or the log was set back and counts anew from there.
    else if (!this.applyNext(at, event)) void this.catchUp();
  }

  /** Something that no log keeps. */
  deliverVolatile(event: LoggedEvent): void {
    if (this.joined && !this.ended) this.listener.onEvent(this.channel, null, event);
  }

  /** Where the log is: one who is before it has missed something, one who is past it has what the log has lost. */
  async compareWithHead(head: Cursor): Promise<void> {
    const isAtHead = this.joined && this.at?.epoch === head.epoch && this.at.n === head.n;
    if (!isAtHead) await this.catchUp();
  }

  /** Reads the log from where the listener is. Never throws: without Redis it is done at the next heartbeat. */
  catchUp(): Promise<void> {
    this.reading ??= this.replayLog();
    return this.reading;
  }

  /** The listener is told nothing more, not even of what is being read. */
  end(): void {
    this.ended = true;
  }

  private async replayLog(): Promise<void> {
    try {
      for (let reads = 0; reads < MAX_READS_PER_CATCH_UP && !this.ended; reads += 1) {
        this.applyLogRead(await readLog({ channel: this.channel, since: this.at }));
        const bufferedEvents = this.buffered;
        this.buffered = [];
        if (bufferedEvents.every(({ cursor: at, event }) => this.isApplied(at) || this.applyNext(at, event)))
          break;
      }
    } catch (error) {
      log().debug({ err: error, channel: this.channel }, "a channel is read later");
    }
    // In the step of the last look at what waited: what comes from now on is taken, not kept waiting.
    this.buffered = [];
    this.reading = null;
  }

  /** Takes over what was read. */
  private applyLogRead({ head, events }: LogRead): void {
    if (this.ended) return;
    const from = this.at;
    const isFirst = !this.joined;
    this.joined = true;
    if (!from || !events) {
      this.at = head;
      if (isFirst) this.listener.onJoined(this.channel, head, false);
      else this.listener.onReload(this.channel, head);
      return;
    }
    if (isFirst) this.listener.onJoined(this.channel, from, true);
    for (const event of events) {
      this.deliver({ epoch: head.epoch, n: (this.at?.n ?? 0) + 1 }, event);
    }
  }

  /** What was read has it already. */
  private isApplied(at: Cursor): boolean {
    return this.at?.epoch === at.epoch && at.n <= this.at.n;
  }

  /** @returns false when it is not the next one: then the log has to be asked */
  private applyNext(at: Cursor, event: LoggedEvent): boolean {
    if (this.ended) return true;
    if (!this.joined || this.at?.epoch !== at.epoch) return false;
    // A log that was set back by one entry has another one there.
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
