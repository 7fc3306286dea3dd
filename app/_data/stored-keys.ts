/** Of entries in sessionStorage, followed by a hash: what the call contains is not stored. */
const KEY_PREFIX = "normaldance:repeat";

/**
 * Idempotency keys that survive a reload of their tab, by call. Without storage they are lost with the page.
 */
export class StoredKeys {
  private readonly keys = new Map<string, string>();

  get(call: string): string | undefined {
    const name = storageKey(call);
    return this.keys.get(name) ?? withStorage((storage) => storage.getItem(name)) ?? undefined;
  }

  set(call: string, key: string): void {
    const name = storageKey(call);
    this.keys.set(name, key);
    withStorage((storage) => storage.setItem(name, key));
  }

  delete(call: string): boolean {
    const name = storageKey(call);
    withStorage((storage) => storage.removeItem(name));
    return this.keys.delete(name);
  }
}

/** Null when storage is unavailable (private window) or full. */
function withStorage<T>(work: (storage: Storage) => T): T | null {
  try {
    return work(sessionStorage);
  } catch {
    return null;
  }
}

function storageKey(call: string): string {
  return `${KEY_PREFIX}:${hash(call)}`;
}

/** 53 bits of cyrb53, a public domain hash: a tab has a few calls whose outcome is unknown. */
function hash(text: string): string {
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    a = Math.imul(a ^ code, 2_654_435_761);
    b = Math.imul(b ^ code, 1_597_334_677);
  }
  a = Math.imul(a ^ (a >>> 16), 2_246_822_507) ^ Math.imul(b ^ (b >>> 13), 3_266_489_909);
  b = Math.imul(b ^ (b >>> 16), 2_246_822_507) ^ Math.imul(a ^ (a >>> 13), 3_266_489_909);
  return (4_294_967_296 * (2_097_151 & b) + (a >>> 0)).toString(36);
}
