import fc from "fast-check";

/** What no schema expects, and what has broken programs before. */
export const hostile: fc.Arbitrary<unknown> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom<unknown>(
      ...["", " ", "\0", "a\0b", "\ud800", "\udfff\ud800", "\u200b\u202e", "👩‍👩‍👧‍👦", "e\u0301", "İ", "ﷺ"],
      ...[
        "' OR 1=1 --",
        '"; DROP TABLE "User"; --',
        "%00",
        "%",
        "%s%n",
        "../../etc/passwd",
        "<script>alert(1)",
      ],
      ...[
        "__proto__",
        "constructor",
        "hasOwnProperty",
        "toString",
        "null",
        "undefined",
        "NaN",
        "true",
        "{{order}}",
      ],
      ...[
        "00000000-0000-0000-0000-000000000000",
        "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
        "0x1f",
        "1e400",
        "-0",
      ],
      ...[
        "+275760-09-13T00:00:00.001Z",
        "0000-01-01T00:00:00Z",
        "2026-02-30T25:61:00Z",
        "-271821-04-20T00:00:00Z",
      ],
      ...["javascript:alert(1)", "https://user:secret@host/", "//evil.example", "a@b", "a@b.c\nBcc: d@e.f"],
      ...[0, -0, -1, 0.1, 1e308, 5e-324, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 63), 1e21],
      ...[null, true, false, [], {}, [[]], [null], { length: 1e9 }, { toString: 1 }, { toJSON: "x" }],
    ),
  },
  fc.string({ maxLength: 30, unit: "binary" }),
  // Any 16-bit units: halves of surrogate pairs too.
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 })
    .map((units) => String.fromCharCode(...units)),
  fc.integer({ min: 100, max: 20_000 }).map((length) => "x".repeat(length)),
  fc.integer({ min: 100, max: 2_000 }).map((length) => Array.from({ length }, (_, i) => i)),
  fc.integer({ min: 2, max: 3_000 }).map(nested),
  fc.jsonValue({ maxDepth: 3 }),
);

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i += 1) value = i % 2 ? [value] : { a: value };
  return value;
}

/** A value with one thing about it changed: replaced, gone, added or wrapped, anywhere in it. */
export function mutated(values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc
    .tuple(values, fc.nat(), fc.constantFrom("replace", "remove", "add", "wrap", "repeat"), hostile)
    .map(([value, where, how, what]) => {
      const copy: unknown = structuredClone(value);
      const places = placesIn(copy);
      const place = places[where % Math.max(places.length, 1)];
      if (!place) return what;
      const { holder, key } = place;
      const old = holder[key];
      if (how === "replace") holder[key] = what;
      else if (how === "remove") delete holder[key];
      else if (how === "add") holder[`${key}2`] = what;
      else if (how === "wrap") holder[key] = [old];
      else holder[key] = [old, old];
      return copy;
    });
}

function placesIn(value: unknown): { holder: Record<string, unknown>; key: string }[] {
  if (typeof value !== "object" || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesIn(holder[key])]);
}
