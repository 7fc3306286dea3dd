import { log } from "../core/log";
import type { Subscription } from "../redis";
import type { Channel } from "./catalogue";
import { type Cursor, formatCursor } from "./cursor";
import { headsOf } from "./log";
import type { Membership } from "./membership";
import { listenUpstream } from "./upstream";

/** Proxies cut what is silent; and what was lost without a word is found. */
export const HEARTBEAT_MS = 15_000;

/** A stream as the hub sees it. */
export interface Member {
  readonly userId: string;
  readonly memberships: ReadonlyMap<Channel, Membership>;
  /** @param heads  of its channels that have moved since the last one */
  onHeartbeat(live: boolean, heads: Record<string, string>): void;
  /** Whether events come changed between two heartbeats. */
  onLive(live: boolean): void;
  /** The person's sessions or rights have changed. */
  onWake(): void;
  /** Wakes may have been missed. */
  onDoubt(): void;
}

/**
 * This instance's open streams and its one subscription, which is there while there are any. It hands on what comes
 * from upstream, and at each heartbeat compares where the logs are with where the streams are.
 */
class Hub {
  private readonly members = new Set<Member>();
  private readonly ofPerson = new Map<string, Set<Member>>();
  private readonly ofChannel = new Map<Channel, Set<Membership>>();
  private readonly lastHeads = new Map<Channel, string>();
  private upstream: Subscription | undefined;
  private heartbeat: NodeJS.Timeout | undefined;
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

  countOf(userId: string): number {
    return this.ofPerson.get(userId)?.size ?? 0;
  }

  add(member: Member): void {
    this.members.add(member);
    addTo(this.ofPerson, member.userId, member);
    for (const [channel, membership] of member.memberships) addTo(this.ofChannel, channel, membership);
    this.heartbeat ??= setInterval(() => void this.beat(), HEARTBEAT_MS);
    this.upstream ??= this.listen();
  }

  remove(member: Member): void {
    if (!this.members.delete(member)) return;
    removeFrom(this.ofPerson, member.userId, member);
    for (const channel of member.memberships.keys()) this.leave(member, channel);
    if (this.members.size > 0) return;
    clearInterval(this.heartbeat);
    this.heartbeat = undefined;
    this.upstream?.close();
    this.upstream = undefined;
    this.flows = false;
  }

  /** A stream may not listen to one of its channels any more. */
  leave(member: Member, channel: Channel): void {
    const membership = member.memberships.get(channel);
    if (membership && removeFrom(this.ofChannel, channel, membership)) this.lastHeads.delete(channel);
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
      onConnect: (reconnected) => {
        this.turn({ flows: true });
        if (!reconnected) return;
        // Of anybody, and entries of any channel.
        for (const member of [...this.members]) member.onDoubt();
        void this.compare();
      },
      onLost: () => this.turn({ flows: false }),
    });
  }

  /** Every stream hears that the instance lives, whatever Redis does. */
  private async beat(): Promise<void> {
    const moved = await this.compare();
    for (const member of [...this.members]) {
      const heads: Record<string, string> = {};
      for (const channel of member.memberships.keys()) {
        const head = moved.get(channel);
        if (head) heads[channel] = head;
      }
      member.onHeartbeat(this.live, heads);
    }
  }

  /** Whoever is not where the log is reads on. @returns heads that have moved since the last time */
  private async compare(): Promise<Map<Channel, string>> {
    const moved = new Map<Channel, string>();
    let heads: Map<Channel, Cursor>;
    try {
      heads = await headsOf([...this.ofChannel.keys()]);
    } catch (error) {
      log().debug({ err: error }, "where the logs are is found out at the next heartbeat");
      this.turn({ readable: false });
      return moved;
    }
    this.turn({ readable: true });
    for (const [channel, head] of heads) {
      const text = formatCursor(head);
      if (this.lastHeads.get(channel) !== text) moved.set(channel, text);
      if (!this.ofChannel.has(channel)) continue;
      this.lastHeads.set(channel, text);
      for (const membership of this.ofChannel.get(channel) ?? []) void membership.look(head);
    }
    return moved;
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

/** @returns whether it was the last of its key */
function removeFrom<K, V>(map: Map<K, Set<V>>, key: K, value: V): boolean {
  const set = map.get(key);
  set?.delete(value);
  if (set?.size !== 0) return false;
  map.delete(key);
  return true;
}

export const hub = new Hub();
