import { setTimeout as delay } from "node:timers/promises";
import { log } from "../core/log";
import { keys, redisService, type Subscription } from "../redis";
import type { Channel } from "../schemas/channels";
import { type Cursor, readLogHeads, readNumberedHeads, readSequence } from "./channel-log";
import type { ChannelSubscription } from "./channel-subscription";
import { type UpstreamMessage, upstreamSchema } from "./emit";
import { GroupedSets } from "./grouped-sets";
import { KnownHeads, NumberedHeads } from "./known-heads";
import { UpstreamPosition } from "./upstream-position";

/** A message may arrive after its number was read. */
const ARRIVAL_MS = 250;
/**
 * The subscription outlives the last stream by this time: a browser that reconnects, or opens the next page, closes its
 * stream before it opens another.
 */
const LINGER_MS = 5_000;
/** A connection, the first or another after one that ended, that takes longer counts as an interruption. */
const MAX_CONNECT_MS = 2_000;
/** Channels that are subscribed to meanwhile wait for it that long: then their logs need not be read twice. */
const MAX_HOLD_MS = 300;

/** What upstream says besides the events of channels. */
export interface UpstreamListener {
  /** `live` has changed. */
  onLive(live: boolean): void;
  /** The user's sessions or rights have changed. */
  onWake(userId: string): void;
  /** Wake-up messages may have been lost. */
  onMissedWakes(): void;
  /** An operator asks what is open on each instance. */
  onRollCall(rollCall: string): void;
}

/**
 * The one subscription of this instance through which all channels come, and the channel subscriptions that it feeds. It
 * notices when a message was lost: then the cursors of the channel subscriptions are compared with the heads of the logs.
 */
export class Upstream {
  private readonly subscriptions = new GroupedSets<Channel, ChannelSubscription>();
  private subscription: Subscription | undefined;
  private readonly position = new UpstreamPosition();
  private readonly knownHeads = new KnownHeads();
  private readonly numberedHeads = new NumberedHeads();
  private flows = false;
  private readable = true;
  /**
   * A connection is being made, and what was published before it has not been asked for. It is no interruption yet:
   * before the first one nothing was sent to these streams, and a connection without a message for minutes ends, which
   * loses nothing when no message was published meanwhile.
   */
  private connecting = false;
  private connectTimer: NodeJS.Timeout | undefined;
  /** Subscriptions that wait for the connection. */
  private readonly held = new Set<ChannelSubscription>();
  private lingerTimer: NodeJS.Timeout | undefined;
  /** The number of the last comparison that began: an older one does not overwrite what it found. */
  private lastComparison = 0;

  constructor(private readonly listener: UpstreamListener) {}

  /** Whether events arrive at present, as far as this instance knows. */
  get live(): boolean {
    return this.connecting || (this.flows && this.readable);
  }

  /** Resolves when the subscription is active, rejects when it is closed before that. */
  get ready(): Promise<void> | undefined {
    return this.subscription?.ready;
  }

  stats() {
    return {
      channels: this.subscriptions.size,
      subscriptions: this.subscription ? 1 : 0,
      listening: this.subscription !== undefined,
      live: this.live && !this.connecting,
    };
  }

  /** How many channels of each kind have subscribers. */
  countChannels(): Record<string, number> {
    const channels: Record<string, number> = {};
    for (const channel of this.subscriptions.keys()) {
      const kind = channel.split(":", 1)[0] ?? channel;
      channels[kind] = (channels[kind] ?? 0) + 1;
    }
    return channels;
  }

  /** Opens the subscription, unless it is open. */
  open(): void {
    clearTimeout(this.lingerTimer);
    this.subscription ??= this.connect();
  }

  /** Closes it, unless it is opened again within some seconds. */
  closeLater(): void {
    clearTimeout(this.lingerTimer);
    this.lingerTimer = setTimeout(() => this.close(), LINGER_MS).unref();
  }

  close(): void {
    clearTimeout(this.lingerTimer);
    this.subscription?.close();
    this.subscription = undefined;
    this.loseTrack();
    this.updateState({ flows: false, connecting: false });
  }

  subscribe(subscription: ChannelSubscription): void {
    this.subscriptions.add(subscription.channel, subscription);
    if (this.connecting && !this.flows) {
      if (this.held.size === 0) setTimeout(() => this.releaseHeld(), MAX_HOLD_MS).unref();
      this.held.add(subscription);
      return;
    }
    void subscription.joinAt(this.knownHead(subscription.channel));
  }

  unsubscribe(subscription: ChannelSubscription): void {
    const { channel, position } = subscription;
    if (position && this.position.isContinuous) this.knownHeads.remember(channel, position);
    this.subscriptions.delete(channel, subscription);
    this.held.delete(subscription);
    subscription.end();
  }

  /**
   * The heads of channels, for a page whose stream will start from them. Those that this instance knows need no read: one
   * that lags behind makes the stream repeat events. Channels without a log are left out. One call at most; a hundred
   * channels at most.
   *
   * @throws {RedisUnavailableError}
   */
  async readHeads(channels: readonly Channel[]): Promise<Map<Channel, Cursor>> {
    const heads = new Map<Channel, Cursor>();
    for (const channel of channels) {
      const head = this.knownHead(channel);
      if (head) heads.set(channel, head);
    }
    const unknown = channels.filter((channel) => !heads.has(channel));
    if (unknown.length === 0) return heads;
    const read = await (this.isCurrent
      ? this.knownHeads.fill(unknown, readLogHeads)
      : this.readHeadsUnsubscribed(unknown));
    for (const [channel, head] of read) if (head.epoch !== "") heads.set(channel, head);
    return heads;
  }

  private async readHeadsUnsubscribed(channels: readonly Channel[]): Promise<ReadonlyMap<Channel, Cursor>> {
    const { version } = this.numberedHeads;
    const read = await readNumberedHeads(channels, this.numberedHeads.get(channels));
    this.numberedHeads.add(read, version);
    return read.heads;
  }

  /** Messages arrive, and none was lost. */
  private get isCurrent(): boolean {
    return this.flows && this.position.isContinuous;
  }

  private knownHead(channel: Channel): Cursor | undefined {
    if (!this.isCurrent) return undefined;
    const head = this.knownHeads.get(channel);
    if (head) return head;
    for (const { position } of this.subscriptions.get(channel)) if (position) return position;
    return undefined;
  }

  /** Lets subscriptions catch up on what was lost. One command when no message was. */
  async catchUpOnLosses(): Promise<void> {
    if (await this.isAtLastMessage()) {
      for (const subscription of this.subscriptions.values())
        if (!subscription.position) void subscription.catchUp();
    } else await this.compareHeads();
  }

  private releaseHeld(headOf: (channel: Channel) => Cursor | undefined = () => undefined): void {
    const released = [...this.held];
    this.held.clear();
    for (const subscription of released) void subscription.joinAt(headOf(subscription.channel));
  }

  /** Messages may be lost from now on. */
  private loseTrack(): void {
    this.position.begin();
    this.knownHeads.clear();
  }

  private beginConnecting(): void {
    this.updateState({ flows: false, connecting: true });
    clearTimeout(this.connectTimer);
    this.connectTimer = setTimeout(() => this.updateState({ connecting: false }), MAX_CONNECT_MS).unref();
  }

  private connect(): Subscription {
    this.beginConnecting();
    return redisService().subscribe(
      keys.realtimeUpstream,
      upstreamSchema,
      (message) => this.forwardMessage(message),
      {
        onConnect: ({ reconnected }) => {
          if (this.connecting && this.position.isContinuous) void this.resume();
          else this.compareAfterInterruption();
          // Wake-up messages are not numbered.
          if (reconnected) this.listener.onMissedWakes();
        },
        onLost: () => {
          this.releaseHeld();
          if (this.isCurrent && this.readable) return this.beginConnecting();
          this.loseTrack();
          this.updateState({ flows: false, connecting: false });
        },
      },
    );
  }

  /** Goes on where the last connection ended, if no message was published since. */
  private async resume(): Promise<void> {
    this.updateState({ flows: true });
    const isAtLastMessage = await this.isAtLastMessage();
    if (!this.flows) return;
    this.updateState({ connecting: false });
    if (isAtLastMessage) this.releaseHeld((channel) => this.knownHead(channel));
    else this.compareAfterInterruption();
  }

  /** Entries of any channel may be lost: live only when the heads have been compared. */
  private compareAfterInterruption(): void {
    this.updateState({ flows: true, readable: false });
    void this.compareHeads();
  }

  private forwardMessage(message: UpstreamMessage): void {
    if (Array.isArray(message)) this.position.receive(message[0]?.sequence);
    else if ("forgotten" in message) this.position.receive(message.sequence);
    if (!this.position.isContinuous) this.knownHeads.clear();
    if (Array.isArray(message)) {
      for (const { channel, epoch, n } of message) {
        this.knownHeads.receive(channel, { epoch, n });
        this.numberedHeads.delete(channel);
      }
      for (const { channel, epoch, n, event } of message)
        for (const subscription of this.subscriptionsTo(channel)) subscription.receive({ epoch, n }, event);
    } else if ("rollCall" in message) {
      this.listener.onRollCall(message.rollCall);
    } else if ("userId" in message) {
      this.listener.onWake(message.userId);
    } else if ("forgotten" in message) {
      for (const channel of message.forgotten) {
        this.knownHeads.delete(channel);
        this.numberedHeads.delete(channel);
      }
      for (const channel of message.forgotten)
        for (const subscription of this.subscriptionsTo(channel)) void subscription.catchUp();
    } else {
      for (const subscription of this.subscriptionsTo(message.channel))
        subscription.deliverVolatile(message.event);
    }
  }

  private subscriptionsTo(channel: string): Iterable<ChannelSubscription> {
    return this.subscriptions.get(channel as Channel);
  }

  /** Whether no published message was lost. One command. */
  private async isAtLastMessage(): Promise<boolean> {
    if (!this.flows || !this.readable || !this.position.isContinuous) return false;
    const sequence = await readSequence().catch(() => null);
    if (sequence === null) return false;
    if (!this.position.isAt(sequence)) await delay(ARRIVAL_MS);
    return this.position.isContinuous && this.position.isPast(sequence);
  }

  /** Lets every subscription that is not at its log's head catch up. */
  private async compareHeads(): Promise<void> {
    this.lastComparison += 1;
    const comparison = this.lastComparison;
    this.loseTrack();
    let sequence: number | null;
    let heads: Map<Channel, Cursor>;
    try {
      sequence = await readSequence();
      const joined = this.subscriptions.values().filter((subscription) => !this.held.has(subscription));
      if (comparison === this.lastComparison) {
        for (const [channel, head] of this.numberedHeads.take(sequence))
          this.knownHeads.remember(channel, head);
        this.releaseHeld((channel) => this.knownHeads.get(channel));
      } else this.releaseHeld();
      heads = await readLogHeads([...new Set(joined.map(({ channel }) => channel))]);
    } catch (error) {
      this.releaseHeld();
      log().debug({ err: error }, "channel heads not compared: Redis unavailable");
      if (comparison === this.lastComparison) this.updateState({ readable: false, connecting: false });
      return;
    }
    if (comparison === this.lastComparison) {
      this.position.settle(sequence);
      this.updateState({ readable: true, connecting: this.connecting && !this.flows });
    }
    for (const [channel, head] of heads) {
      for (const subscription of this.subscriptions.get(channel)) void subscription.compareWithHead(head);
    }
  }

  private updateState({ flows = this.flows, readable = this.readable, connecting = this.connecting }): void {
    const wasLive = this.live;
    this.flows = flows;
    this.readable = readable;
    this.connecting = connecting;
    if (!connecting) clearTimeout(this.connectTimer);
    if (this.live !== wasLive) this.listener.onLive(this.live);
  }
}
