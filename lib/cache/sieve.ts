interface Node<V> {
  readonly key: string;
  value: V;
  weight: number;
  visited: boolean;
  newer: Node<V> | null;
  older: Node<V> | null;
}

/**
 * A map of bounded weight that evicts unread entries. A hand moves from old to new entries: it keeps an entry that was
 * read since its last pass and evicts the others. A hit only sets a flag, and entries that are read once do not push
 * out those that are read often. From Zhang et al., "SIEVE is Simpler than LRU" (NSDI 2024).
 */
export class Sieve<V> {
  private readonly nodes = new Map<string, Node<V>>();
  private newest: Node<V> | null = null;
  private oldest: Node<V> | null = null;
  private hand: Node<V> | null = null;
  private total = 0;

  /** @param capacity  in the unit of the weights */
  constructor(private readonly capacity: number) {}

  get size(): number {
    return this.nodes.size;
  }

  /** Total weight of all entries. */
  get weight(): number {
    return this.total;
  }

  get(key: string): V | undefined {
    const node = this.nodes.get(key);
    if (!node) return undefined;
    node.visited = true;
    return node.value;
  }

  /** Stores a value. One that is heavier than the whole capacity is not stored and removes the old one. */
  set(key: string, value: V, weight = 1): void {
    const known = this.nodes.get(key);
    if (known && weight <= this.capacity) {
      this.total += weight - known.weight;
      known.value = value;
      known.weight = weight;
      known.visited = true;
    } else {
      if (known) this.remove(known);
      if (weight > this.capacity) return;
      this.add({ key, value, weight, visited: false, newer: null, older: null });
    }
    while (this.total > this.capacity) this.evict(key);
  }

  delete(key: string): boolean {
    const node = this.nodes.get(key);
    if (node) this.remove(node);
    return node !== undefined;
  }

  *entries(): IterableIterator<[key: string, value: V]> {
    for (const [key, { value }] of this.nodes) yield [key, value];
  }

  private add(node: Node<V>): void {
    node.older = this.newest;
    if (this.newest) this.newest.newer = node;
    this.newest = node;
    this.oldest ??= node;
    this.nodes.set(node.key, node);
    this.total += node.weight;
  }

  /** @param keep  the key just written, which must not be evicted immediately */
  private evict(keep: string): void {
    let node = this.hand ?? this.oldest;
    while (node && (node.visited || node.key === keep)) {
      node.visited = false;
      node = node.newer ?? this.oldest;
    }
    if (!node) return;
    this.hand = node.newer;
    this.remove(node);
  }

  private remove(node: Node<V>): void {
    if (this.hand === node) this.hand = node.newer;
    if (node.newer) node.newer.older = node.older;
    else this.newest = node.older;
    if (node.older) node.older.newer = node.newer;
    else this.oldest = node.newer;
    this.nodes.delete(node.key);
    this.total -= node.weight;
  }
}
