import { badParameter } from "../errors";

/** A form's nested value: text, a hash or a list. */
export type FormValue = string | FormHash | FormValue[];
export interface FormHash {
  [key: string]: FormValue;
}

const MAX_PAIRS = 1000;
const MAX_DEPTH = 10;

/** While it is read, a hash and a list are the same: `a[0]=x` and `a[b]=x` differ by their keys alone. */
type Draft = Map<string, string | Draft>;

/**
 * Reads `line_items[0][price_data][currency]=eur&expand[]=charge` the way Stripe does. Keys that are all numbers
 * or all empty make a list, in the order of the numbers.
 *
 * @throws {StripeApiError} 400 when one name is both a text and a hash, or the nesting is absurd
 */
export function parseForm(text: string): FormHash {
  const root: Draft = new Map();
  const pairs = [...new URLSearchParams(text)];
  if (pairs.length > MAX_PAIRS) throw badParameter(undefined, `Too many parameters: at most ${MAX_PAIRS}.`);
  for (const [name, value] of pairs) put(root, readKeys(name), value, name);
  return readHash(root);
}

/** The same request whatever the order of its pairs: what an idempotency key is compared by. */
export function canonicalForm(text: string): string {
  return [...new URLSearchParams(text)]
    .map((pair) => JSON.stringify(pair))
    .sort()
    .join("\n");
}

/** `a[b][]` to `["a", "b", ""]`. */
function readKeys(name: string): string[] {
  const first = /^[^[\]]+/.exec(name)?.[0];
  const rest = name.slice(first?.length ?? 0);
  if (first === undefined || !/^(\[[^[\]]*\])*$/.test(rest))
    throw badParameter(name, `Invalid parameter name: ${name}`);
  const keys = [first, ...[...rest.matchAll(/\[([^[\]]*)\]/g)].map((match) => match[1] ?? "")];
  if (keys.length > MAX_DEPTH) throw badParameter(name, `Parameters are nested too deeply: ${name}`);
  return keys;
}

function put(root: Draft, keys: string[], value: string, name: string): void {
  let at = root;
  for (const [index, raw] of keys.entries()) {
    // `a[]=x&a[]=y`: each is one more of the list.
    const key = raw === "" && index > 0 ? `${at.size}` : raw;
    if (index === keys.length - 1) {
      if (at.get(key) instanceof Map) throw badParameter(name, `Invalid string: ${name}`);
      at.set(key, value);
      return;
    }
    const next = at.get(key) ?? new Map();
    if (typeof next === "string") throw badParameter(name, "Invalid hash");
    at.set(key, next);
    at = next;
  }
}

function readHash(draft: Draft): FormHash {
  const entries = [...draft].map(([key, value]) => [
    key,
    typeof value === "string" ? value : readValue(value),
  ]);
  // `__proto__` as a name is only a name here: fromEntries defines, it does not assign.
  return Object.fromEntries(entries);
}

function readValue(draft: Draft): FormValue {
  const isList = [...draft.keys()].every((key) => /^\d+$/.test(key));
  if (!isList) return readHash(draft);
  return [...draft]
    .sort(([left], [right]) => Number(left) - Number(right))
    .map(([, value]) => (typeof value === "string" ? value : readValue(value)));
}
