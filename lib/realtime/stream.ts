import { newId } from "../core/ids";
import { log } from "../core/log";
import type { Channel } from "./catalogue";
import { ChannelSubscription, type SubscriptionListener } from "./channel-subscription";
import type { StreamOwner } from "./connection-slots";
import { type Cursor, formatCursor, formatEventId } from "./cursor";
import { EventWriter } from "./event-writer";
import { type HubStream, hub } from "./hub";

/** Proxies cut what is silent. */
const HEARTBEAT_MS = 15_000;
/** Heartbeats between two questions whether they may still listen: whoever was put out while the news was lost hears on for a minute at most. */
const HEARTBEATS_PER_CHECK = 4;
/** A function may run for five minutes (`maxDuration` of the route): the stream ends before, and the browser comes back. */
const LIFETIME_MS = 265_000;
/** Of the lifetime, so much more or less is chance: streams that began together do not all come back together. */
const LIFETIME_JITTER_RATIO = 0.1;
/** How soon a browser comes back by itself after the stream has ended. */
const CLIENT_RETRY_MS = 1_000;

/** Whether somebody may listen to each channel; of one that is missing nobody can say for now. */
export type ChannelRights = ReadonlyMap<Channel, boolean>;

export interface StreamOptions {
  owner: StreamOwner;
  /** What it listens to, and from where: null is from now. */
  channels: ReadonlyMap<Channel, Cursor | null>;
  /** Whether who opened it may still have it. Throws when nobody can say: it stays open then. */
  isSessionValid(): Promise<boolean>;
  authorizeChannels(channels: readonly Channel[]): Promise<ChannelRights>;
  /** It is open. @param streamId  what the browser answers heartbeats with */
  onOpen?(streamId: string): void;
  /** It has ended, whoever ended it. The function lives until this is done. */
  onClose?(streamId: string): Promise<void>;
  /** The browser is gone. */
  signal: AbortSignal;
}

export class Stream implements HubStream, SubscriptionListener {
  readonly userId: string | null;
  readonly subscriptions = new Map<Channel, ChannelSubscription>();
  private readonly id = newId();
  private readonly writer: EventWriter;
  /** Those that were theirs to listen to no more, or never. */
  private readonly deniedChannels = new Set<Channel>();
  private closed = false;
  private timers: NodeJS.Timeout[] = [];
  private heartbeatCount = 0;
  private rightsStale = false;
  private isChecking = false;
  private recheckRequested = false;

  /** @param onEnd  it has ended; the promise is what is still to be done then */
  constructor(
    private readonly options: StreamOptions,
    private readonly rights: ChannelRights,
    controller: ReadableStreamDefaultController<Uint8Array>,
    private readonly onEnd: (rest: Promise<void> | undefined) => void,
  ) {
    this.userId = options.owner.userId;
    this.writer = new EventWriter(controller, this.close);
  }

  open(): void {
    const { signal, onOpen } = this.options;
    signal.addEventListener("abort", this.close);
    const jitter = LIFETIME_JITTER_RATIO * (2 * Math.random() - 1);
    this.timers = [
      setTimeout(() => this.finish("reconnect"), LIFETIME_MS * (1 + jitter)),
      // Not all streams of an instance at once.
      setTimeout(() => this.startHeartbeats(), HEARTBEAT_MS * Math.random()),
    ];
    this.writer.setRetry(CLIENT_RETRY_MS);
    hub.add(this);
    this.writer.writeEvent("open", { streamId: this.id, live: hub.live });
    this.applyRights(this.rights);
    onOpen?.(this.id);
    // It may have ended between the request and now, before there was anybody to be told.
    void hub.ready?.then(
      () => this.checkSession(),
      () => {},
    );
    if (signal.aborted) this.close();
  }

  onJoined(channel: Channel, at: Cursor, resumed: boolean): void {
    this.writer.writeEvent("joined", { channel, at: formatCursor(at), resumed });
  }

  onEvent(channel: Channel, at: Cursor | null, event: { event: string; data: unknown }): void {
    if (at)
      this.writer.writeEvent(
        "event",
        { channel, at: formatCursor(at), ...event },
        formatEventId(channel, at),
      );
    else this.writer.writeEvent("event", { channel, ...event });
    // They came into a chat, or are in it no more.
    if (this.isOwnUserChannel(channel) && event.event === "chats") void this.checkRights();
  }

  onReload(channel: Channel, at: Cursor): void {
    this.writer.writeEvent("reload", { channel, at: formatCursor(at) });
    if (this.isOwnUserChannel(channel)) this.rightsStale = true;
  }

  onLive(live: boolean): void {
    this.writer.writeEvent("live", { live });
  }

  onWake(): void {
    void this.checkSession();
    void this.checkRights();
  }

  onMissedWakes(): void {
    void this.checkSession();
    // With the next heartbeat: those of all streams of an instance are spread over time.
    this.rightsStale = true;
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

  private isOwnUserChannel(channel: Channel): boolean {
    return this.userId !== null && channel === `user:${this.userId}`;
  }

  private startHeartbeats(): void {
    this.sendHeartbeat();
    this.timers.push(setInterval(() => this.sendHeartbeat(), HEARTBEAT_MS));
  }

  private sendHeartbeat(): void {
    this.writer.writeEvent("heartbeat", { live: hub.live });
    void this.checkSession();
    this.heartbeatCount += 1;
    const undecided = this.subscriptions.size + this.deniedChannels.size < this.options.channels.size;
    if (this.rightsStale || undecided || this.heartbeatCount % HEARTBEATS_PER_CHECK === 0)
      void this.checkRights();
  }

  private async checkSession(): Promise<void> {
    try {
      if (!this.closed && !(await this.options.isSessionValid())) this.finish("session-ended");
    } catch (error) {
      log().debug({ err: error }, "a stream stays open: nobody can say whether it may");
    }
  }

  /** One question at a time, so that an older answer never comes after a newer one. */
  private async checkRights(): Promise<void> {
    this.recheckRequested = true;
    if (this.isChecking) return;
    this.isChecking = true;
    while (this.recheckRequested && !this.closed) {
      this.recheckRequested = false;
      try {
        this.applyRights(await this.options.authorizeChannels([...this.options.channels.keys()]));
        this.rightsStale = false;
      } catch (error) {
        log().debug({ err: error }, "a stream keeps its channels: nobody can say whether it may");
      }
    }
    this.isChecking = false;
  }

  /** Joins what is theirs now and leaves what is theirs no more. What nobody can say anything about stays as it is. */
  private applyRights(rights: ChannelRights): void {
    if (this.closed) return;
    for (const channel of this.options.channels.keys()) {
      const allowed = rights.get(channel);
      if (allowed === true) this.subscribe(channel);
      else if (allowed === false) this.deny(channel);
      // At the beginning: the page asks for itself until it is known.
      else if (rights === this.rights) this.writer.writeEvent("denied", { channel });
    }
  }

  private subscribe(channel: Channel): void {
    if (this.subscriptions.has(channel)) return;
    // While it was not theirs, what they had before is no place to go on from.
    const since = this.deniedChannels.delete(channel) ? null : (this.options.channels.get(channel) ?? null);
    const subscription = new ChannelSubscription(channel, since, this);
    this.subscriptions.set(channel, subscription);
    hub.subscribe(subscription);
  }

  private deny(channel: Channel): void {
    if (this.deniedChannels.has(channel)) return;
    this.deniedChannels.add(channel);
    const subscription = this.subscriptions.get(channel);
    if (subscription) hub.unsubscribe(subscription);
    this.subscriptions.delete(channel);
    this.writer.writeEvent("denied", { channel });
  }

  private finish(event: "session-ended" | "reconnect"): void {
    this.writer.writeEvent(event, {});
    this.close();
  }
}
