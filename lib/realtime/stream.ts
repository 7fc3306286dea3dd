import { newId } from "../core/ids";
import { log } from "../core/log";
import { signId } from "../core/signed-id";
import type { Channel } from "../schemas/channels";
import { type Cursor, formatCursor, formatEventId } from "./channel-log";
import { ChannelSubscription, type SubscriptionListener } from "./channel-subscription";
import { EventWriter } from "./event-writer";
import { type HubStream, hub } from "./hub";

/** Proxies close idle connections, usually after a minute. */
const HEARTBEAT_MS = 30_000;
/** Heartbeats between two checks of channel rights: a revocation whose wake-up was lost is noticed within a minute. */
const HEARTBEATS_PER_CHECK = 2;
/** The stream ends before the function's limit of five minutes (`maxDuration` of the route); the browser reconnects. */
const LIFETIME_MS = 265_000;
/** Random part of the lifetime, up or down, so that streams opened together do not reconnect together. */
const LIFETIME_JITTER_RATIO = 0.1;
/** Delay before a browser reconnects after the stream has ended. */
const CLIENT_RETRY_MS = 1_000;

/** Whether the user may read each channel; a missing channel is undecided (Postgres did not answer). */
export type ChannelRights = ReadonlyMap<Channel, boolean>;

/** An event of a channel, as its subscribers get it. */
export interface StreamedEvent {
  channel: Channel;
  event: string;
  data: unknown;
}

/** Owner of a stream. */
export type StreamOwner =
  | { userId: string }
  /** An anonymous user, by `clientNetwork`. Null when no trusted proxy reports it: then all share one limit. */
  | { userId: null; network: string | null };

export interface StreamOptions {
  owner: StreamOwner;
  /** A new one by default. */
  streamId?: string;
  /** Channels, each with the cursor to resume from; null starts from now. */
  channels: ReadonlyMap<Channel, Cursor | null>;
  /** Whether the owner's session is still valid. Throws when that is unknown: the stream then stays open. */
  isSessionValid(): Promise<boolean>;
  authorizeChannels(channels: readonly Channel[]): Promise<ChannelRights>;
  /** Whether an event is not for this user; by default all are. */
  omits?(event: StreamedEvent): boolean;
  /** Called when the stream is open. */
  onOpen?(): void;
  /** Called when the stream has ended, for any reason. The function stays alive until the promise is settled. */
  onClose?(): Promise<void>;
  /** Aborted when the browser disconnects. */
  signal: AbortSignal;
}

export class Stream implements HubStream, SubscriptionListener {
  readonly userId: string | null;
  readonly subscriptions = new Map<Channel, ChannelSubscription>();
  private readonly id: string;
  private readonly writer: EventWriter;
  /** Channels that the user may not read. */
  private readonly deniedChannels = new Set<Channel>();
  private closed = false;
  private timers: NodeJS.Timeout[] = [];
  private heartbeatCount = 0;
  private rightsStale = false;
  private isChecking = false;
  private recheckRequested = false;

  /** @param onEnd  called at the end, with the clean-up that is still running */
  constructor(
    private readonly options: StreamOptions,
    private readonly rights: ChannelRights,
    controller: ReadableStreamDefaultController<Uint8Array>,
    private readonly onEnd: (cleanup: Promise<void> | undefined) => void,
  ) {
    this.userId = options.owner.userId;
    this.id = options.streamId ?? newId();
    this.writer = new EventWriter(controller, this.close);
  }

  open(): void {
    const { signal, onOpen } = this.options;
    signal.addEventListener("abort", this.close);
    const jitter = LIFETIME_JITTER_RATIO * (2 * Math.random() - 1);
    this.timers = [
      setTimeout(() => this.finish("reconnect"), LIFETIME_MS * (1 + jitter)),
      // A random start spreads the heartbeats of an instance's streams.
      setTimeout(() => this.startHeartbeats(), HEARTBEAT_MS * Math.random()),
    ];
    this.writer.setRetry(CLIENT_RETRY_MS);
    hub.add(this);
    this.writer.writeEvent("open", {
      streamId: this.id,
      ...(this.userId === null ? {} : { answerToken: signId("answer_heartbeat", this.id) }),
      live: hub.upstream.live,
    });
    this.applyRights(this.rights);
    onOpen?.();
    // The session may have ended after the request was authenticated and before wake-up messages arrived here.
    void hub.upstream.ready?.then(
      () => this.checkSession(),
      () => {},
    );
    if (signal.aborted) this.close();
  }

  onJoined(channel: Channel, at: Cursor, resumed: boolean): void {
    this.writer.writeEvent("joined", { channel, at: formatCursor(at), resumed });
  }

  onEvent(channel: Channel, at: Cursor | null, event: { event: string; data: unknown }): void {
    if (this.options.omits?.({ channel, ...event })) return;
    if (at)
      this.writer.writeEvent(
        "event",
        { channel, at: formatCursor(at), ...event },
        formatEventId(channel, at),
      );
    else this.writer.writeEvent("event", { channel, ...event });
    // The user joined or left a chat.
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
    // Rights are checked with the next heartbeat: heartbeats of an instance's streams are spread over time.
    this.rightsStale = true;
  }

  onBeat(): void {
    void this.checkSession();
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
    this.onEnd(this.options.onClose?.());
  };

  private isOwnUserChannel(channel: Channel): boolean {
    return this.userId !== null && channel === `user:${this.userId}`;
  }

  private startHeartbeats(): void {
    this.sendHeartbeat();
    this.timers.push(setInterval(() => this.sendHeartbeat(), HEARTBEAT_MS));
  }

  private sendHeartbeat(): void {
    this.writer.writeEvent("heartbeat", { live: hub.upstream.live });
    this.heartbeatCount += 1;
    const undecided = this.subscriptions.size + this.deniedChannels.size < this.options.channels.size;
    if (this.rightsStale || undecided || this.heartbeatCount % HEARTBEATS_PER_CHECK === 0)
      void this.checkRights();
  }

  private async checkSession(): Promise<void> {
    try {
      if (!this.closed && !(await this.options.isSessionValid())) this.finish("session-ended");
    } catch (error) {
      log().debug({ err: error }, "stream session not checked: the stream stays open");
    }
  }

  /** Runs one check at a time, so that an older result never replaces a newer one. */
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
        log().debug({ err: error }, "stream rights not checked: the stream keeps its channels");
      }
    }
    this.isChecking = false;
  }

  /** Subscribes to allowed channels and leaves denied ones. Undecided channels stay as they are. */
  private applyRights(rights: ChannelRights): void {
    if (this.closed) return;
    for (const channel of this.options.channels.keys()) {
      const allowed = rights.get(channel);
      if (allowed === true) this.subscribe(channel);
      else if (allowed === false) this.deny(channel);
      // Undecided at the start: the page polls until the channel is decided.
      else if (rights === this.rights) this.writer.writeEvent("denied", { channel });
    }
  }

  private subscribe(channel: Channel): void {
    if (this.subscriptions.has(channel)) return;
    // After a denial the old cursor is not resumed.
    const since = this.deniedChannels.delete(channel) ? null : (this.options.channels.get(channel) ?? null);
    const subscription = new ChannelSubscription(channel, since, this);
    this.subscriptions.set(channel, subscription);
    hub.upstream.subscribe(subscription);
  }

  private deny(channel: Channel): void {
    if (this.deniedChannels.has(channel)) return;
    this.deniedChannels.add(channel);
    const subscription = this.subscriptions.get(channel);
    if (subscription) hub.upstream.unsubscribe(subscription);
    this.subscriptions.delete(channel);
    this.writer.writeEvent("denied", { channel });
  }

  private finish(event: "session-ended" | "reconnect"): void {
    this.writer.writeEvent(event, {});
    this.close();
  }
}
