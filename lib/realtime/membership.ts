import { log } from "../core/log";
import type { Channel } from "./catalogue";
import type { Cursor } from "./cursor";
import { type LoggedEvent, type LogRead, readLog } from "./log";

/** What a listener is told. In order; between two `onEvent` with a cursor nothing is missing. */
export interface Listener {
  /** It listens now. Not `resumed`: what it had before may lack something, so it should read all anew. */
  onJoined(channel: Channel, at: Cursor, resumed: boolean): void;
  /** @param at  null: nothing that a log keeps */
  onEvent(channel: Channel, at: Cursor | null, event: LoggedEvent): void;
  /** Something is missing that nobody can give it: it should read all anew, and goes on from here. */
  onReload(channel: Channel, at: Cursor): void;
}

/** Reads that found the log had moved on meanwhile; the next heartbeat goes on where this leaves it. */
const MOST_READS = 5;

/**
 * One listener on one channel: sees to it that they get every event once and in order, whatever is lost or comes
 * twice on the way. The log is the truth; what comes from upstream is only the quicker way to its next entry.
 */
export class Membership {
  private joined = false;
  private reading: Promise<void> | null = null;
  /** What came from upstream while the log was being read. */
  private waiting: { at: Cursor; event: LoggedEvent }[] = [];

  /** @param at  the last that the listener has; null: from now */
  constructor(
    readonly channel: Channel,
    private at: Cursor | null,
    private readonly listener: Listener,
  ) {}

  /** An entry of the log, as it was published: any, in any order. */
  receive(at: Cursor, event: LoggedEvent): void {
    if (this.reading) this.waiting.push({ at, event });
    else if (!this.take(at, event)) void this.catchUp();
  }

  /** Something that no log keeps. */
  pass(event: LoggedEvent): void {
    if (this.joined) this.listener.onEvent(this.channel, null, event);
  }

  /** Where the log is: one who is not there has missed something. */
  async look(head: Cursor): Promise<void> {
    const isThere = this.joined && this.at?.epoch === head.epoch && this.at.n >= head.n;
    if (!isThere) await this.catchUp();
  }

  /** Reads the log from where the listener is. Never throws: without Redis it is done at the next heartbeat. */
  catchUp(): Promise<void> {
    this.reading ??= this.readOn();
    return this.reading;
  }

  private async readOn(): Promise<void> {
    try {
      for (let reads = 0; reads < MOST_READS; reads += 1) {
        this.follow(await readLog({ channel: this.channel, since: this.at }));
        const came = this.waiting;
        this.waiting = [];
        if (came.every(({ at, event }) => this.take(at, event))) break;
      }
    } catch (error) {
      log().debug({ err: error, channel: this.channel }, "a channel is read later");
    }
    // In the step of the last look at what waited: what comes from now on is taken, not kept waiting.
    this.waiting = [];
    this.reading = null;
  }

  /** Takes over what was read. */
  private follow({ head, events }: LogRead): void {
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
      this.at = { epoch: head.epoch, n: (this.at?.n ?? 0) + 1 };
      this.listener.onEvent(this.channel, this.at, event);
    }
  }

  /** @returns false when it is not the next one: then the log has to be asked */
  private take(at: Cursor, event: LoggedEvent): boolean {
    if (!this.joined || this.at?.epoch !== at.epoch) return false;
    if (at.n <= this.at.n) return true;
    if (at.n !== this.at.n + 1) return false;
    this.at = at;
    this.listener.onEvent(this.channel, at, event);
    return true;
  }
}
