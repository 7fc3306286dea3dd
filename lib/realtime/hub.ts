import { log } from "../core/log";
import type { Subscription } from "../redis";
import type { Channel } from "./catalogue";
import { headsOf } from "./channel-log";
import type { Membership } from "./channel-subscription";
import type { Cursor } from "./cursor";
import { listenUpstream } from "./upstream";

/** What was lost without a word is found within this. */
const COMPARE_MS = 15_000;

/** A stream as the hub sees it. */
export interface Member {
  /** Null: not signed in. */
  readonly userId: string | null;
  readonly memberships: ReadonlyMap<Channel, Membership>;
  /** Whether events come has changed. */
  onLive(live: boolean): void;
  /** The person's sessions or rights have changed. */
  onWake(): void;
  /** Wakes may have been missed. */
  onDoubt(): void;
  /** The instance ends. */
  onShutdown(): void;
}

/**
 * This instance's open streams and its one subscription, which is there while there are any. It hands on what comes
 * from upstream, and now and then compares where the logs are with where the streams are.
 */
class Hub {
  private readonly members = new Set<Member>();
  private readonly ofPerson = new Map<string, Set<Member>>();
  private readonly ofChannel = new Map<Channel, Set<Membership>>();
  private upstream: Subscription | undefined;
  private comparing: NodeJS.Timeout | undefined;
  private flows = false;
  private readable = true;

  /** Whether events come at the moment, as far as this instance knows. */
  get live(): boolean {
    return this.flows && this.readable;
  }

  /** Resolves when messages flow, rejects when the last stream ends before. */
  get listening(): Promise<void> | undefined {
    return this.upstream?.ready;
  }

  stats() {
    return {
      people: this.ofPerson.size,
      streams: this.members.size,
      channels: this.ofChannel.size,
      subscriptions: this.upstream ? 1 : 0,
      listening: this.upstream !== undefined,
      live: this.live,
    };
  }

  add(member: Member): void {
    this.members.add(member);
    if (member.userId !== null) addTo(this.ofPerson, member.userId, member);
    this.comparing ??= setInterval(() => void this.compare(), COMPARE_MS);
    this.upstream ??= this.listen();
  }

  remove(member: Member): void {
    if (!this.members.delete(member)) return;
    if (member.userId !== null) removeFrom(this.ofPerson, member.userId, member);
    for (const membership of member.memberships.values()) this.leave(membership);
    if (this.members.size > 0) return;
    clearInterval(this.comparing);
    this.comparing = undefined;
    this.upstream?.close();
    this.upstream = undefined;
    this.flows = false;
  }

  /** A stream may listen to a channel, and to it no more. */
  join(membership: Membership): void {
    addTo(this.ofChannel, membership.channel, membership);
    void membership.catchUp();
  }

  leave(membership: Membership): void {
    removeFrom(this.ofChannel, membership.channel, membership);
    membership.end();
  }

  /** Every stream is told to go elsewhere. */
  shutDown(): void {
    for (const member of [...this.members]) member.onShutdown();
  }

  private listen(): Subscription {
    return listenUpstream({
      onEntry: ({ channel, epoch, n, event }) => {
        for (const membership of this.ofChannel.get(channel as Channel) ?? []) {
          membership.receive({ epoch, n }, event);
        }
      },
      onVolatile: (channel, event) => {
        for (const membership of this.ofChannel.get(channel as Channel) ?? []) membership.pass(event);
      },
      onWake: (userId) => {
        for (const member of [...(this.ofPerson.get(userId) ?? [])]) member.onWake();
      },
      onForgotten: (channels) => {
        for (const channel of channels) {
          for (const membership of this.ofChannel.get(channel as Channel) ?? []) void membership.catchUp();
        }
      },
      onConnect: (reconnected) => {
        this.turn({ flows: true });
        // What was published before it flowed: entries of any channel, and wakes of anybody.
        void this.compare();
        if (reconnected) for (const member of [...this.members]) member.onDoubt();
      },
      onLost: () => this.turn({ flows: false }),
    });
  }

  /** Whoever is not where the log is reads on. */
  private async compare(): Promise<void> {
    let heads: Map<Channel, Cursor>;
    try {
      heads = await headsOf([...this.ofChannel.keys()]);
    } catch (error) {
      log().debug({ err: error }, "where the logs are is found out later");
      this.turn({ readable: false });
      return;
    }
    this.turn({ readable: true });
    for (const [channel, head] of heads) {
      for (const membership of this.ofChannel.get(channel) ?? []) void membership.look(head);
    }
  }

  private turn({ flows = this.flows, readable = this.readable }): void {
    const before = this.live;
    this.flows = flows;
    this.readable = readable;
    if (this.live !== before) for (const member of [...this.members]) member.onLive(this.live);
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
