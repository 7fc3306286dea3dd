import fc from "fast-check";

/** Values that no schema expects and that have broken programs before. */
export const hostileValues: fc.Arbitrary<unknown> = fc.oneof(
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
  // Any UTF-16 code units, including lone surrogates.
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 })
    .map((units) => String.fromCharCode(...units)),
  fc.integer({ min: 100, max: 20_000 }).map((length) => "x".repeat(length)),
  fc.integer({ min: 100, max: 2_000 }).map((length) => Array.from({ length }, (_, i) => i)),
  fc.integer({ min: 2, max: 3_000 }).map(nestedValue),
  fc.jsonValue({ maxDepth: 3 }),
);

function nestedValue(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i += 1) value = i % 2 ? [value] : { a: value };
  return value;
}

/** A value with one mutation anywhere in it: replaced, removed, added, wrapped or repeated. */
export function mutatedValues(values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc
    .tuple(values, fc.nat(), fc.constantFrom("replace", "remove", "add", "wrap", "repeat"), hostileValues)
    .map(([value, index, mutation, replacement]) => {
      const copy: unknown = structuredClone(value);
      const properties = propertiesIn(copy);
      const property = properties[index % Math.max(properties.length, 1)];
      if (!property) return replacement;
      const { owner, key } = property;
      const old = owner[key];
      if (mutation === "replace") owner[key] = replacement;
      else if (mutation === "remove") delete owner[key];
      else if (mutation === "add") owner[`${key}2`] = replacement;
      else if (mutation === "wrap") owner[key] = [old];
      else owner[key] = [old, old];
      return copy;
    });
}

function propertiesIn(value: unknown): { owner: Record<string, unknown>; key: string }[] {
  if (typeof value !== "object" || value === null) return [];
  const owner = value as Record<string, unknown>;
  return Object.keys(owner).flatMap((key) => [{ owner, key }, ...propertiesIn(owner[key])]);
}
