import { log } from "../core/log";
import type { Subscription } from "../redis";
import type { Channel } from "./catalogue";
import { readLogHeads } from "./channel-log";
import type { ChannelSubscription } from "./channel-subscription";
import type { Cursor } from "./cursor";
import { subscribeUpstream } from "./upstream";

/** What was lost without a word is found within this. */
const COMPARE_INTERVAL_MS = 15_000;

/** A stream as the hub sees it. */
export interface HubStream {
  /** Null: not signed in. */
  readonly userId: string | null;
  readonly subscriptions: ReadonlyMap<Channel, ChannelSubscription>;
  /** Whether events come has changed. */
  onLive(live: boolean): void;
  /** The person's sessions or rights have changed. */
  onWake(): void;
  /** Wakes may have been missed. */
  onMissedWakes(): void;
  /** The instance ends. */
  onShutdown(): void;
}

/**
 * This instance's open streams and its one subscription, which is there while there are any. It hands on what comes
 * from upstream, and now and then compares where the logs are with where the streams are.
 */
class Hub {
  private readonly streams = new Set<HubStream>();
  private readonly streamsByUser = new Map<string, Set<HubStream>>();
  private readonly subscriptionsByChannel = new Map<Channel, Set<ChannelSubscription>>();
  private upstream: Subscription | undefined;
  private compareTimer: NodeJS.Timeout | undefined;
  private flows = false;
  private readable = true;

  /** Whether events come at the moment, as far as this instance knows. */
  get live(): boolean {
    return this.flows && this.readable;
  }

  /** Resolves when messages flow, rejects when the last stream ends before. */
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
      live: this.live,
    };
  }

  add(stream: HubStream): void {
    this.streams.add(stream);
    if (stream.userId !== null) addTo(this.streamsByUser, stream.userId, stream);
    this.compareTimer ??= setInterval(() => void this.compareHeads(), COMPARE_INTERVAL_MS);
    this.upstream ??= this.openUpstream();
  }

  remove(stream: HubStream): void {
    if (!this.streams.delete(stream)) return;
    if (stream.userId !== null) removeFrom(this.streamsByUser, stream.userId, stream);
    for (const subscription of stream.subscriptions.values()) this.unsubscribe(subscription);
    if (this.streams.size > 0) return;
    clearInterval(this.compareTimer);
    this.compareTimer = undefined;
    this.upstream?.close();
    this.upstream = undefined;
    this.flows = false;
  }

  /** A stream may listen to a channel, and to it no more. */
  subscribe(subscription: ChannelSubscription): void {
    addTo(this.subscriptionsByChannel, subscription.channel, subscription);
    void subscription.catchUp();
  }

  unsubscribe(subscription: ChannelSubscription): void {
    removeFrom(this.subscriptionsByChannel, subscription.channel, subscription);
    subscription.end();
  }

  /** Every stream is told to go elsewhere. */
  shutDown(): void {
    for (const stream of [...this.streams]) stream.onShutdown();
  }

  private openUpstream(): Subscription {
    return subscribeUpstream({
      onEntry: ({ channel, epoch, n, event }) => {
        for (const subscription of this.subscriptionsByChannel.get(channel as Channel) ?? []) {
          subscription.receive({ epoch, n }, event);
        }
      },
      onVolatile: (channel, event) => {
        for (const membership of this.subscriptionsByChannel.get(channel as Channel) ?? [])
          membership.deliverVolatile(event);
      },
      onWake: (userId) => {
        for (const stream of [...(this.streamsByUser.get(userId) ?? [])]) stream.onWake();
      },
      onReset: (channels) => {
        for (const channel of channels) {
          for (const membership of this.subscriptionsByChannel.get(channel as Channel) ?? [])
            void membership.catchUp();
        }
      },
      onConnect: (reconnected) => {
        this.updateState({ flows: true });
        // What was published before it flowed: entries of any channel, and wakes of anybody.
        void this.compareHeads();
        if (reconnected) for (const member of [...this.streams]) member.onMissedWakes();
      },
      onLost: () => this.updateState({ flows: false }),
    });
  }

  /** Whoever is not where the log is reads on. */
  private async compareHeads(): Promise<void> {
    let heads: Map<Channel, Cursor>;
    try {
      heads = await readLogHeads([...this.subscriptionsByChannel.keys()]);
    } catch (error) {
      log().debug({ err: error }, "where the logs are is found out later");
      this.updateState({ readable: false });
      return;
    }
    this.updateState({ readable: true });
    for (const [channel, head] of heads) {
      for (const subscription of this.subscriptionsByChannel.get(channel) ?? [])
        void subscription.compareWithHead(head);
    }
  }

  private updateState({ flows = this.flows, readable = this.readable }): void {
    const wasLive = this.live;
    this.flows = flows;
    this.readable = readable;
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
