/**
 * Normalizes an address to the network that rate limits count by, so that a caller has one key: IPv4 unchanged, IPv6
 * as the /56 that a household gets (a limit per address would be 2^72 limits per household), IPv4 mapped into IPv6
 * as IPv4. Ports, brackets and zones are dropped.
 *
 * @returns null when it is not an address
 */
export function parseNetwork(raw: string): string | null {
  const text = raw.trim();
  if (text.length > MAX_ADDRESS_LENGTH) return null;
  const v4 = /^([\d.]+)(?::\d{1,5})?$/.exec(text)?.[1];
  if (v4 !== undefined) return parseIpv4(v4) ? v4 : null;
  const v6 = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(text)?.[1] ?? text;
  const groups = parseIpv6(v6.replace(/%[\w.~-]+$/, ""));
  if (!groups) return null;
  const [a = 0, b = 0, c = 0, d = 0, , mark, high = 0, low = 0] = groups;
  if (a + b + c + d + (groups[4] ?? 0) === 0 && mark === 0xffff) {
    return [high >> 8, high & 255, low >> 8, low & 255].join(".");
  }
  return `${[a, b, c, d & 0xff00].map((group) => group.toString(16)).join(":")}::/56`;
}

/** More than the longest form, `[ffff:…:255.255.255.255%zone]:65535`. */
const MAX_ADDRESS_LENGTH = 80;

/** The four bytes; null unless the text is plain dotted decimal. */
function parseIpv4(text: string): number[] | null {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part))) return null;
  const bytes = parts.map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : null;
}

/** The eight groups, with `::` expanded; null when the text is no IPv6 address. */
function parseIpv6(text: string): number[] | null {
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const [head, tail] = halves.map((half, index) => parseIpv6Groups(half, index === halves.length - 1));
  if (!head || tail === null) return null;
  if (tail === undefined) return head.length === 8 ? head : null;
  const missing = 8 - head.length - tail.length;
  return missing < 1 ? null : [...head, ...Array<number>(missing).fill(0), ...tail];
}

/** @param isEnd  whether this is the end of the address, where IPv4 notation is allowed */
function parseIpv6Groups(text: string, isEnd: boolean): number[] | null {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    const bytes = isEnd && index === parts.length - 1 && part.includes(".") ? parseIpv4(part) : null;
    if (bytes) {
      const [a = 0, b = 0, c = 0, d = 0] = bytes;
      groups.push(a * 256 + b, c * 256 + d);
    } else if (/^[\da-f]{1,4}$/i.test(part)) {
      groups.push(Number.parseInt(part, 16));
    } else return null;
  }
  return groups;
}
