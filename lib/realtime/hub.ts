import { log } from "../core/log";
import { keys, redisService, type Subscription } from "../redis";
import type { Channel } from "../schemas/channels";
import { type Cursor, readLogHeads } from "./channel-log";
import type { ChannelSubscription } from "./channel-subscription";
import { type UpstreamMessage, upstreamSchema } from "./emit";

/** Longest time until a silently lost message is noticed. */
const COMPARE_INTERVAL_MS = 30_000;
/**
 * The upstream subscription outlives the last stream by this time: a browser that reconnects, or opens the next page,
 * closes its stream before it opens another.
 */
const UPSTREAM_LINGER_MS = 5_000;
/** A first connection that takes longer counts as an interruption. */
const MAX_CONNECT_MS = 2_000;

/** A stream as the hub sees it. */
export interface HubStream {
  /** Null for an anonymous stream. */
  readonly userId: string | null;
  readonly subscriptions: ReadonlyMap<Channel, ChannelSubscription>;
  /** `live` has changed. */
  onLive(live: boolean): void;
  /** The user's sessions or rights have changed. */
  onWake(): void;
  /** Wake-up messages may have been lost. */
  onMissedWakes(): void;
  /** The instance is shutting down. */
  onShutdown(): void;
}

/**
 * The open streams of this instance and its single upstream subscription, which exists while any stream is open and for
 * some seconds after that. It forwards upstream messages and compares the subscriptions' cursors with the heads of the
 * logs every 30 s.
 */
class Hub {
  private readonly streams = new Set<HubStream>();
  private readonly streamsByUser = new Map<string, Set<HubStream>>();
  private readonly subscriptionsByChannel = new Map<Channel, Set<ChannelSubscription>>();
  private upstream: Subscription | undefined;
  private compareTimer: NodeJS.Timeout | undefined;
  private flows = false;
  private readable = true;
  /**
   * The first connection is being made, and the heads have not been compared since. It is no interruption: nothing was
   * sent to these streams before it, and the comparison finds what was published meanwhile.
   */
  private connecting = false;
  private connectTimer: NodeJS.Timeout | undefined;
  private lingerTimer: NodeJS.Timeout | undefined;
  /** The number of the last comparison that began: an older one does not overwrite what it found. */
  private lastComparison = 0;

  /** Whether events arrive at present, as far as this instance knows. */
  get live(): boolean {
    return this.connecting || (this.flows && this.readable);
  }

  /** Resolves when the upstream subscription is active, rejects when the last stream ends before that. */
  get ready(): Promise<void> | undefined {
    return this.upstream?.ready;
  }

  stats() {
    return {
      people: this.streamsByUser.size,
      streams: this.streams.size,
      channels: this.subscriptionsByChannel.size,
      subscriptions: this.upstream ? 1 : 0,
      listening: this.upstream !== undefined,
      live: this.live && !this.connecting,
    };
  }

  add(stream: HubStream): void {
    this.streams.add(stream);
    if (stream.userId !== null) addTo(this.streamsByUser, stream.userId, stream);
    this.compareTimer ??= setInterval(() => void this.compareHeads(), COMPARE_INTERVAL_MS);
    clearTimeout(this.lingerTimer);
    this.upstream ??= this.openUpstream();
  }

  remove(stream: HubStream): void {
    if (!this.streams.delete(stream)) return;
    if (stream.userId !== null) removeFrom(this.streamsByUser, stream.userId, stream);
    for (const subscription of stream.subscriptions.values()) this.unsubscribe(subscription);
    if (this.streams.size > 0) return;
    clearInterval(this.compareTimer);
    this.compareTimer = undefined;
    clearTimeout(this.lingerTimer);
    this.lingerTimer = setTimeout(() => this.closeUpstream(), UPSTREAM_LINGER_MS).unref();
  }

  private closeUpstream(): void {
    this.upstream?.close();
    this.upstream = undefined;
    this.updateState({ flows: false, connecting: false });
  }

  subscribe(subscription: ChannelSubscription): void {
    addTo(this.subscriptionsByChannel, subscription.channel, subscription);
    void subscription.catchUp();
  }

  unsubscribe(subscription: ChannelSubscription): void {
    removeFrom(this.subscriptionsByChannel, subscription.channel, subscription);
    subscription.end();
  }

  /** Makes every stream reconnect to another instance. */
  shutDown(): void {
    for (const stream of [...this.streams]) stream.onShutdown();
    clearTimeout(this.lingerTimer);
    if (this.streams.size === 0) this.closeUpstream();
  }

  private openUpstream(): Subscription {
    this.connecting = true;
    this.connectTimer = setTimeout(() => this.updateState({ connecting: false }), MAX_CONNECT_MS).unref();
    return redisService().subscribe(
      keys.realtimeUpstream,
      upstreamSchema,
      (message) => this.forwardMessage(message),
      {
        onConnect: ({ reconnected }) => {
          // Messages published during the interruption are lost: entries of any channel and wake-up messages. Live only
          // when the heads have been compared.
          this.updateState({ flows: true, readable: false });
          void this.compareHeads();
          if (reconnected) for (const stream of [...this.streams]) stream.onMissedWakes();
        },
        onLost: () => this.updateState({ flows: false, connecting: false }),
      },
    );
  }

  private forwardMessage(message: UpstreamMessage): void {
    if (Array.isArray(message)) {
      for (const { channel, epoch, n, event } of message)
        for (const subscription of this.subscriptionsTo(channel)) subscription.receive({ epoch, n }, event);
    } else if ("userId" in message) {
      for (const stream of [...(this.streamsByUser.get(message.userId) ?? [])]) stream.onWake();
    } else if ("forgotten" in message) {
      for (const channel of message.forgotten)
        for (const subscription of this.subscriptionsTo(channel)) void subscription.catchUp();
    } else {
      for (const subscription of this.subscriptionsTo(message.channel))
        subscription.deliverVolatile(message.event);
    }
  }

  private subscriptionsTo(channel: string): Iterable<ChannelSubscription> {
    return this.subscriptionsByChannel.get(channel as Channel) ?? [];
  }

  /** Lets every subscription that is not at its log's head catch up. */
  private async compareHeads(): Promise<void> {
    this.lastComparison += 1;
    const comparison = this.lastComparison;
    let heads: Map<Channel, Cursor>;
    try {
      heads = await readLogHeads([...this.subscriptionsByChannel.keys()]);
    } catch (error) {
      log().debug({ err: error }, "channel heads not compared: Redis unavailable");
      if (comparison === this.lastComparison) this.updateState({ readable: false, connecting: false });
      return;
    }
    if (comparison === this.lastComparison)
      this.updateState({ readable: true, connecting: this.connecting && !this.flows });
    for (const [channel, head] of heads) {
      for (const subscription of this.subscriptionsByChannel.get(channel) ?? [])
        void subscription.compareWithHead(head);
    }
  }

  private updateState({ flows = this.flows, readable = this.readable, connecting = this.connecting }): void {
    const wasLive = this.live;
    this.flows = flows;
    this.readable = readable;
    this.connecting = connecting;
    if (!connecting) clearTimeout(this.connectTimer);
    if (this.live !== wasLive) for (const stream of [...this.streams]) stream.onLive(this.live);
  }
}

function addTo<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  const set = map.get(key) ?? new Set();
  map.set(key, set.add(value));
}

function removeFrom<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  const set = map.get(key);
  set?.delete(value);
  if (set?.size === 0) map.delete(key);
}

export const hub = new Hub();
