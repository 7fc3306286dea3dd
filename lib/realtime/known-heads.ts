import type { Channel } from "../schemas/channels";
import type { Cursor, HeadsAt } from "./channel-log";

/** Most channels without a subscriber get one again, when a stream reopens. */
const MAX_KNOWN_HEADS = 10_000;

/**
 * Heads that were read for pages while this instance received no messages. They are valid at the number of the last
 * message then: if it is the last one still when the instance receives messages, nothing was published between.
 */
export class NumberedHeads {
  private sequence: number | null = null;
  private heads = new Map<Channel, Cursor>();
  private changes = 0;

  /** Changes when a read that has begun is no longer to be added: an event may be newer than what it finds. */
  get version(): number {
    return this.changes;
  }

  /** All of these channels, for the next read; null unless each is known. */
  get(channels: readonly Channel[]): HeadsAt | null {
    const heads = new Map<Channel, Cursor>();
    for (const channel of channels) {
      const head = this.heads.get(channel);
      if (!head) return null;
      heads.set(channel, head);
    }
    return { heads, sequence: this.sequence };
  }

  /**
   * Replaces those of another number. Channels without a log, and a sequence that does not exist, are left out.
   * @param version  {@link version} before the read
   */
  add({ heads, sequence }: HeadsAt, version: number): void {
    if (version !== this.changes) return;
    if (sequence !== this.sequence || this.heads.size + heads.size > MAX_KNOWN_HEADS) this.heads = new Map();
    this.sequence = sequence;
    if (sequence === null) return;
    for (const [channel, head] of heads) if (head.epoch !== "") this.heads.set(channel, head);
  }

  /** An event of the channel was published, or its log was deleted. */
  delete(channel: string): void {
    this.changes += 1;
    this.heads.delete(channel as Channel);
  }

  /** Those that are valid at this number. None is left. */
  take(sequence: number | null): ReadonlyMap<Channel, Cursor> {
    const { heads } = this;
    this.changes += 1;
    this.heads = new Map();
    return sequence !== null && sequence === this.sequence ? heads : new Map();
  }
}

/**
 * The heads of channels that had subscribers on this instance, or were read for a page. Valid while the instance
 * receives every published message: each must be passed to {@link receive}, and {@link clear} called when one may be
 * lost.
 */
export class KnownHeads {
  private readonly heads = new Map<string, Cursor>();

  get(channel: string): Cursor | undefined {
    const head = this.heads.get(channel);
    return head?.epoch === "" ? undefined : head;
  }

  remember(channel: string, head: Cursor): void {
    this.heads.delete(channel);
    this.heads.set(channel, head);
    const [oldest] = this.heads.keys();
    if (this.heads.size > MAX_KNOWN_HEADS && oldest !== undefined) this.heads.delete(oldest);
  }

  /** An event was published. */
  receive(channel: string, head: Cursor): void {
    if (this.heads.has(channel)) this.heads.set(channel, head);
  }

  delete(channel: string): void {
    this.heads.delete(channel);
  }

  clear(): void {
    this.heads.clear();
  }

  /** Reads heads and remembers them. @throws what `read` throws */
  async fill(
    channels: readonly Channel[],
    read: (channels: readonly Channel[]) => Promise<Map<Channel, Cursor>>,
  ): Promise<Map<Channel, Cursor>> {
    // Events that arrive during the read replace it, so that an older head cannot overwrite theirs.
    const placeholder: Cursor = { epoch: "", n: 0 };
    for (const channel of channels) this.remember(channel, placeholder);
    let found = new Map<Channel, Cursor>();
    try {
      found = await read(channels);
      return found;
    } finally {
      for (const channel of channels) {
        if (this.heads.get(channel) !== placeholder) continue;
        const head = found.get(channel);
        if (head && head.epoch !== "") this.heads.set(channel, head);
        else this.heads.delete(channel);
      }
    }
  }
}
