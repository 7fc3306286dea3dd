interface PendingReplayOptions<Item> {
  /** Bounds the memory: beyond this total size the oldest items are dropped. */
  maxSize: number;
  /** Size of an item; 1 by default. */
  sizeOf?: (item: Item) => number;
}

/**
 * What Redis missed while it did not answer, kept in this process until it is replayed (docs/REDIS.md, "Pending
 * replay"). Each item is kept once, oldest first; a repeated one counts as new. A crash loses the items, so losing one
 * must be harmless, and replaying one twice too: a call with an unknown outcome is repeated.
 */
export class PendingReplay<Item> {
  private readonly items = new Set<Item>();
  private size = 0;
  private readonly maxSize: number;
  private readonly sizeOf: (item: Item) => number;

  constructor({ maxSize, sizeOf = () => 1 }: PendingReplayOptions<Item>) {
    this.maxSize = maxSize;
    this.sizeOf = sizeOf;
  }

  get isEmpty(): boolean {
    return this.items.size === 0;
  }

  /** Adds items that Redis missed. */
  add(items: Iterable<Item>): void {
    for (const item of items) {
      this.remove(item);
      this.items.add(item);
      this.size += this.sizeOf(item);
    }
    this.dropOldest();
  }

  /**
   * Takes the oldest items to replay them; `restore` them when the replay fails.
   * @param maxSize  total size of the items, but at least one item; by default all are taken
   */
  take(maxSize = Number.POSITIVE_INFINITY): Item[] {
    const taken: Item[] = [];
    let takenSize = 0;
    for (const item of this.items) {
      if (taken.length > 0 && takenSize + this.sizeOf(item) > maxSize) break;
      taken.push(item);
      takenSize += this.sizeOf(item);
      this.remove(item);
    }
    return taken;
  }

  /** Puts items back whose replay failed. They are older than all others. */
  restore(items: readonly Item[]): void {
    const newer = [...this.items];
    this.items.clear();
    this.size = 0;
    this.add([...items, ...newer]);
  }

  private remove(item: Item): void {
    if (this.items.delete(item)) this.size -= this.sizeOf(item);
  }

  private dropOldest(): void {
    for (const oldest of this.items) {
      if (this.size <= this.maxSize) return;
      this.remove(oldest);
    }
  }
}
