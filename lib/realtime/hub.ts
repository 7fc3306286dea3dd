import { processState } from "../core/process-state";
import type { Channel } from "../schemas/channels";
import type { ChannelSubscription } from "./channel-subscription";
import { GroupedSets } from "./grouped-sets";
import { answerRollCall } from "./roll-call";
import { Upstream } from "./upstream";

/** Longest time until a silently lost message, or an ended session, is noticed. */
const BEAT_MS = 30_000;

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
  /** Half a minute has passed. */
  onBeat(): void;
  /** The instance is shutting down. */
  onShutdown(): void;
}

/** The open streams of this instance. Its upstream subscription exists while any is open, and for some seconds after that. */
class Hub {
  private readonly streams = new Set<HubStream>();
  private readonly streamsByUser = new GroupedSets<string, HubStream>();
  private beatTimer: NodeJS.Timeout | undefined;

  readonly upstream = new Upstream({
    onLive: (live) => {
      for (const stream of [...this.streams]) stream.onLive(live);
    },
    onWake: (userId) => {
      for (const stream of [...this.streamsByUser.get(userId)]) stream.onWake();
    },
    onMissedWakes: () => {
      for (const stream of [...this.streams]) stream.onMissedWakes();
    },
    onRollCall: (rollCall) => void answerRollCall(rollCall, this.count()),
  });

  stats() {
    return { people: this.streamsByUser.size, streams: this.streams.size, ...this.upstream.stats() };
  }

  /** For a roll call. */
  private count() {
    return {
      ...{ streams: this.streams.size, people: this.streamsByUser.size },
      ...{ live: this.upstream.live, channels: this.upstream.countChannels() },
    };
  }

  add(stream: HubStream): void {
    this.streams.add(stream);
    if (stream.userId !== null) this.streamsByUser.add(stream.userId, stream);
    this.beatTimer ??= setInterval(() => this.beat(), BEAT_MS);
    this.upstream.open();
  }

  remove(stream: HubStream): void {
    if (!this.streams.delete(stream)) return;
    if (stream.userId !== null) this.streamsByUser.delete(stream.userId, stream);
    for (const subscription of stream.subscriptions.values()) this.upstream.unsubscribe(subscription);
    if (this.streams.size > 0) return;
    clearInterval(this.beatTimer);
    this.beatTimer = undefined;
    this.upstream.closeLater();
  }

  /** Makes every stream reconnect to another instance. */
  shutDown(): void {
    for (const stream of [...this.streams]) stream.onShutdown();
    if (this.streams.size === 0) this.upstream.close();
  }

  private beat(): void {
    for (const stream of [...this.streams]) stream.onBeat();
    void this.upstream.catchUpOnLosses();
  }
}

/** A page uses what the streams, which are a route's, know. */
export const hub = processState("hub", () => new Hub());
