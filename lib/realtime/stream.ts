import { newId } from "../core/ids";
import { log } from "../core/log";
import type { Channel } from "./catalogue";
import { type Listener, Membership } from "./channel-subscription";
import type { Listening } from "./connection-slots";
import { type Cursor, formatCursor, formatEventId } from "./cursor";
import { EventWriter } from "./event-writer";
import { hub, type Member } from "./hub";

/** Proxies cut what is silent. */
const HEARTBEAT_MS = 15_000;
/** Heartbeats between two questions whether they may still listen: whoever was put out while the news was lost hears on for a minute at most. */
const BEATS_A_CHECK = 4;
/** A function may run for five minutes (`maxDuration` of the route): the stream ends before, and the browser comes back. */
const LIFETIME_MS = 265_000;
/** Of the lifetime, so much more or less is chance: streams that began together do not all come back together. */
const LIFETIME_JITTER = 0.1;
/** How soon a browser comes back by itself after the stream has ended. */
const RETRY_MS = 1_000;

/** Whether somebody may listen to each channel; of one that is missing nobody can say for now. */
export type Rights = ReadonlyMap<Channel, boolean>;

export interface StreamOptions {
  who: Listening;
  /** What it listens to, and from where: null is from now. */
  channels: ReadonlyMap<Channel, Cursor | null>;
  /** Whether who opened it may still have it. Throws when nobody can say: it stays open then. */
  mayStay(): Promise<boolean>;
  mayListen(channels: readonly Channel[]): Promise<Rights>;
  /** It is open. @param streamId  what the browser answers heartbeats with */
  onOpen?(streamId: string): void;
  /** It has ended, whoever ended it. The function lives until this is done. */
  onClose?(streamId: string): Promise<void>;
  /** The browser is gone. */
  signal: AbortSignal;
}

export class Stream implements Member, Listener {
  readonly userId: string | null;
  readonly memberships = new Map<Channel, Membership>();
  private readonly id = newId();
  private readonly writer: EventWriter;
  /** Those that were theirs to listen to no more, or never. */
  private readonly denied = new Set<Channel>();
  private closed = false;
  private timers: NodeJS.Timeout[] = [];
  private beats = 0;
  private inDoubt = false;
  private checking = false;
  private checkAgain = false;

  /** @param onEnd  it has ended; the promise is what is still to be done then */
  constructor(
    private readonly options: StreamOptions,
    private readonly rights: Rights,
    controller: ReadableStreamDefaultController<Uint8Array>,
    private readonly onEnd: (rest: Promise<void> | undefined) => void,
  ) {
    this.userId = options.who.userId;
    this.writer = new EventWriter(controller, this.close);
  }

  open(): void {
    const { signal, onOpen } = this.options;
    signal.addEventListener("abort", this.close);
    const chance = LIFETIME_JITTER * (2 * Math.random() - 1);
    this.timers = [
      setTimeout(() => this.finish("reconnect"), LIFETIME_MS * (1 + chance)),
      // Not all streams of an instance at once.
      setTimeout(() => this.beginHeartbeats(), HEARTBEAT_MS * Math.random()),
    ];
    this.writer.setRetry(RETRY_MS);
    hub.add(this);
    this.writer.say("open", { streamId: this.id, live: hub.live });
    this.apply(this.rights);
    onOpen?.(this.id);
    // It may have ended between the request and now, before there was anybody to be told.
    void hub.listening?.then(
      () => this.checkSession(),
      () => {},
    );
    if (signal.aborted) this.close();
  }

  onJoined(channel: Channel, at: Cursor, resumed: boolean): void {
    this.writer.say("joined", { channel, at: formatCursor(at), resumed });
  }

  onEvent(channel: Channel, at: Cursor | null, event: { event: string; data: unknown }): void {
    if (at) this.writer.say("event", { channel, at: formatCursor(at), ...event }, formatEventId(channel, at));
    else this.writer.say("event", { channel, ...event });
    // They came into a chat, or are in it no more.
    if (this.isOwn(channel) && event.event === "chats") void this.checkChannels();
  }

  onReload(channel: Channel, at: Cursor): void {
    this.writer.say("reload", { channel, at: formatCursor(at) });
    if (this.isOwn(channel)) this.inDoubt = true;
  }

  onLive(live: boolean): void {
    this.writer.say("live", { live });
  }

  onWake(): void {
    void this.checkSession();
    void this.checkChannels();
  }

  onDoubt(): void {
    void this.checkSession();
    // With the next heartbeat: those of all streams of an instance are spread over time.
    this.inDoubt = true;
  }

  onShutdown(): void {
    this.finish("reconnect");
  }

  readonly close = (): void => {
    if (this.closed) return;
    this.closed = true;
    for (const timer of this.timers) clearTimeout(timer);
    this.options.signal.removeEventListener("abort", this.close);
    hub.remove(this);
    this.writer.end();
    this.onEnd(this.options.onClose?.(this.id));
  };

  private isOwn(channel: Channel): boolean {
    return this.userId !== null && channel === `user:${this.userId}`;
  }

  private beginHeartbeats(): void {
    this.beat();
    this.timers.push(setInterval(() => this.beat(), HEARTBEAT_MS));
  }

  private beat(): void {
    this.writer.say("heartbeat", { live: hub.live });
    void this.checkSession();
    this.beats += 1;
    const undecided = this.memberships.size + this.denied.size < this.options.channels.size;
    if (this.inDoubt || undecided || this.beats % BEATS_A_CHECK === 0) void this.checkChannels();
  }

  private async checkSession(): Promise<void> {
    try {
      if (!this.closed && !(await this.options.mayStay())) this.finish("session-ended");
    } catch (error) {
      log().debug({ err: error }, "a stream stays open: nobody can say whether it may");
    }
  }

  /** One question at a time, so that an older answer never comes after a newer one. */
  private async checkChannels(): Promise<void> {
    this.checkAgain = true;
    if (this.checking) return;
    this.checking = true;
    while (this.checkAgain && !this.closed) {
      this.checkAgain = false;
      try {
        this.apply(await this.options.mayListen([...this.options.channels.keys()]));
        this.inDoubt = false;
      } catch (error) {
        log().debug({ err: error }, "a stream keeps its channels: nobody can say whether it may");
      }
    }
    this.checking = false;
  }

  /** Joins what is theirs now and leaves what is theirs no more. What nobody can say anything about stays as it is. */
  private apply(rights: Rights): void {
    if (this.closed) return;
    for (const channel of this.options.channels.keys()) {
      const may = rights.get(channel);
      if (may === true) this.join(channel);
      else if (may === false) this.deny(channel);
      // At the beginning: the page asks for itself until it is known.
      else if (rights === this.rights) this.writer.say("denied", { channel });
    }
  }

  private join(channel: Channel): void {
    if (this.memberships.has(channel)) return;
    // While it was not theirs, what they had before is no place to go on from.
    const since = this.denied.delete(channel) ? null : (this.options.channels.get(channel) ?? null);
    const membership = new Membership(channel, since, this);
    this.memberships.set(channel, membership);
    hub.join(membership);
  }

  private deny(channel: Channel): void {
    if (this.denied.has(channel)) return;
    this.denied.add(channel);
    const membership = this.memberships.get(channel);
    if (membership) hub.leave(membership);
    this.memberships.delete(channel);
    this.writer.say("denied", { channel });
  }

  private finish(event: "session-ended" | "reconnect"): void {
    this.writer.say(event, {});
    this.close();
  }
}
