import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalForm, type FormValue, parseForm } from "../../../local/stripe/wire/form";

/** Encodes a value as the official SDK does: `a[b][0]=x`. */
function pairsOf(name: string, value: FormValue): [string, string][] {
  if (typeof value === "string") return [[name, value]];
  const inner: [string, FormValue][] = Array.isArray(value)
    ? value.map((item, index) => [String(index), item])
    : Object.entries(value);
  return inner.flatMap(([key, item]) => pairsOf(`${name}[${key}]`, item));
}

const key = fc.stringMatching(/^[a-z_][a-z_0-9]{0,8}$/);
const { hash } = fc.letrec<{ value: FormValue; hash: Record<string, FormValue> }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", maxDepth: 4 },
    fc.string(),
    fc.array(tie("value"), { minLength: 1, maxLength: 4 }),
    fc.dictionary(key, tie("value"), { minKeys: 1, maxKeys: 4 }),
  ),
  hash: fc.dictionary(key, tie("value"), { maxKeys: 5 }),
}));

describe("a form", () => {
  it("is parsed back for any content and any order of pairs", () => {
    fc.assert(
      fc.property(hash, fc.infiniteStream(fc.nat()), (given, order) => {
        const pairs = Object.entries(given).flatMap(([name, value]) => pairsOf(name, value));
        const text = new URLSearchParams(pairs).toString();
        expect(parseForm(text)).toEqual(given);
        const shuffled = pairs
          .map((pair) => ({ pair, at: order.next().value ?? 0 }))
          .sort((a, b) => a.at - b.at);
        const other = new URLSearchParams(shuffled.map(({ pair }) => pair)).toString();
        expect(parseForm(other)).toEqual(given);
        expect(canonicalForm(other)).toBe(canonicalForm(text));
      }),
    );
  });

  it("may have lists with and without indexes", () => {
    expect(parseForm("a[]=x&a[]=y&b[1]=y&b[0]=x&c[0][d]=1&c[0][e]=2")).toEqual({
      a: ["x", "y"],
      b: ["x", "y"],
      c: [{ d: "1", e: "2" }],
    });
  });

  it("cannot pollute prototypes", () => {
    const read = parseForm("a[__proto__][polluted]=yes&__proto__=x&constructor=y");
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
    expect(Object.keys(read)).toEqual(["a", "__proto__", "constructor"]);
  });
});
