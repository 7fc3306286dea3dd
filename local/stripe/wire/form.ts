import { invalidParameterError } from "../errors";

/** A nested value of a form: text, a hash or a list. */
export type FormValue = string | FormHash | FormValue[];
export interface FormHash {
  [key: string]: FormValue;
}

const MAX_PAIRS = 1000;
const MAX_DEPTH = 10;

/** A hash or a list while parsing: `a[0]=x` and `a[b]=x` differ only in their keys. */
type FormNode = Map<string, string | FormNode>;

/**
 * Parses `line_items[0][price_data][currency]=eur&expand[]=charge` as Stripe does. Keys that are all numbers or all
 * empty make a list, in the order of the numbers.
 *
 * @throws {StripeApiError} 400 when a name is both text and hash, or the form is too large or nested too deeply
 */
export function parseForm(text: string): FormHash {
  const root: FormNode = new Map();
  const pairs = [...new URLSearchParams(text)];
  if (pairs.length > MAX_PAIRS)
    throw invalidParameterError(undefined, `Too many parameters: at most ${MAX_PAIRS}.`);
  for (const [name, value] of pairs) setValue(root, readKeys(name), value, name);
  return readHash(root);
}

/** A form independent of the order of its pairs, for the fingerprint of an idempotent request. */
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
    throw invalidParameterError(name, `Invalid parameter name: ${name}`);
  const keys = [first, ...[...rest.matchAll(/\[([^[\]]*)\]/g)].map((match) => match[1] ?? "")];
  if (keys.length > MAX_DEPTH) throw invalidParameterError(name, `Parameters are nested too deeply: ${name}`);
  return keys;
}

function setValue(root: FormNode, keys: string[], value: string, name: string): void {
  let node = root;
  for (const [index, raw] of keys.entries()) {
    // `a[]=x&a[]=y`: each pair appends to the list.
    const key = raw === "" && index > 0 ? `${node.size}` : raw;
    if (index === keys.length - 1) {
      if (node.get(key) instanceof Map) throw invalidParameterError(name, `Invalid string: ${name}`);
      node.set(key, value);
      return;
    }
    const next = node.get(key) ?? new Map();
    if (typeof next === "string") throw invalidParameterError(name, "Invalid hash");
    node.set(key, next);
    node = next;
  }
}

function readHash(node: FormNode): FormHash {
  const entries = [...node].map(([key, value]) => [
    key,
    typeof value === "string" ? value : readValue(value),
  ]);
  // `__proto__` is safe as a name: fromEntries defines properties, it does not assign them.
  return Object.fromEntries(entries);
}

function readValue(node: FormNode): FormValue {
  const isList = [...node.keys()].every((key) => /^\d+$/.test(key));
  if (!isList) return readHash(node);
  return [...node]
    .sort(([left], [right]) => Number(left) - Number(right))
    .map(([, value]) => (typeof value === "string" ? value : readValue(value)));
}
