/** Sets of values by key; a key is there while it has values. */
export class GroupedSets<K, V> {
  private readonly sets = new Map<K, Set<V>>();

  /** How many keys have values. */
  get size(): number {
    return this.sets.size;
  }

  add(key: K, value: V): void {
    const set = this.sets.get(key) ?? new Set();
    this.sets.set(key, set.add(value));
  }

  delete(key: K, value: V): void {
    const set = this.sets.get(key);
    set?.delete(value);
    if (set?.size === 0) this.sets.delete(key);
  }

  get(key: K): Iterable<V> {
    return this.sets.get(key) ?? [];
  }

  keys(): Iterable<K> {
    return this.sets.keys();
  }

  /** A copy, of the values of all keys. */
  values(): V[] {
    return [...this.sets.values()].flatMap((set) => [...set]);
  }
}
