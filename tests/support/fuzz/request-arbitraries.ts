import fc from "fast-check";
import { hostileValues, mutatedValues } from "./hostile-values";

/** Bodies derived from values that the route accepts: those values, mutated values, and invalid JSON. */
export function bodiesAround(values: fc.Arbitrary<unknown>): fc.Arbitrary<string | Uint8Array> {
  const texts = values.map((value) => JSON.stringify(value) ?? "");
  return fc.oneof(
    { weight: 8, arbitrary: texts },
    { weight: 12, arbitrary: mutatedValues(values).map((value) => JSON.stringify(value) ?? "") },
    // Only a text body can have these keys, or a duplicate key.
    texts.map((text) =>
      text.replace("{", '{"__proto__":{"role":"admin"},"constructor":{"prototype":{"a":1}},'),
    ),
    fc.tuple(texts, texts).map(([one, two]) => one.replace(/\}$/, `,${two.slice(1)}`)),
    fc.tuple(texts, fc.nat()).map(([text, at]) => text.slice(0, at % (text.length + 1))),
    fc.tuple(texts, fc.nat(), fc.integer({ min: 0x80, max: 0xff })).map(([text, at, byte]) => {
      const bytes = new TextEncoder().encode(text);
      if (bytes.length > 0) bytes[at % bytes.length] = byte;
      return bytes;
    }),
    fc.constantFrom("", "null", "[]", "0", '"x"', "\ufeff{}", "{} {}", "{'a':1}", '{"a":NaN}', "\0"),
    fc.integer({ min: 1, max: 30_000 }).map((depth) => "[".repeat(depth) + "]".repeat(depth)),
    fc.integer({ min: 1, max: 10_000 }).map((depth) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`),
    fc.constant(`{"a":"${"x".repeat(600_000)}"}`),
    fc.uint8Array({ maxLength: 60 }),
  );
}

/** Query strings derived from values that the route accepts. */
export function queriesAround(values: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  const pairs = values.map((value) =>
    Object.entries(Object(value) as object).map(([k, v]) => `${k}=${encodeQueryValue(v)}`),
  );
  const odd = fc.constantFrom(
    ...[
      "__proto__=1",
      "__proto__=1&__proto__=2",
      "constructor=1",
      "a[b]=1",
      "a[]=1",
      "=",
      "&&",
      "%",
      "%00=%00",
    ],
    ...[
      "limit=%ED%A0%80",
      "cursor=%00",
      "limit=1&limit=2",
      "limit[]=1",
      "cursor={{order}}&cursor={{post}}",
      "limit=NaN",
    ],
    ...[
      "limit=0x10",
      "limit=1e1",
      "limit=-0",
      "limit=+5",
      "limit=%205",
      "cursor=",
      "limit=",
      `q=${"x".repeat(9_000)}`,
    ],
  );
  const mixed = fc
    .tuple(pairs, fc.array(odd, { maxLength: 2 }), fc.option(hostileValues), fc.nat())
    .map(([own, extra, what, where]) => {
      const pair = own[where % Math.max(own.length, 1)];
      const wrong = pair && what !== null ? [`${pair.split("=")[0]}=${encodeQueryValue(what)}`] : [];
      return [...own, ...extra, ...wrong].join("&");
    });
  return fc
    .oneof(
      pairs.map((own) => own.join("&")),
      mixed,
    )
    .map((text) => (text === "" ? "" : `?${text}`));
}

/** URL-encodes a value, keeping placeholders; lone surrogates become the replacement character. */
function encodeQueryValue(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return encodeURIComponent(toWellFormed(text)).replace(/%7B%7B(\w+)%7D%7D/g, "{{$1}}");
}

/** Replaces lone surrogates, which UTF-8 cannot encode. */
export function toWellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}

/** Path parameters derived from those that the route accepts, decoded as Next passes them. */
export function paramsAround(values: fc.Arbitrary<unknown>): fc.Arbitrary<Record<string, string>> {
  const texts = (params: unknown) =>
    Object.fromEntries(
      Object.entries(Object(params) as object).map(([name, value]) => [name, String(value)]),
    );
  const odd = fc.tuple(values, hostileValues).map(([params, what]) => {
    const text = typeof what === "string" ? what : (JSON.stringify(what) ?? "");
    return Object.fromEntries(Object.keys(Object(params) as object).map((name) => [name, text]));
  });
  return fc.oneof({ weight: 4, arbitrary: values.map(texts) }, odd);
}

/** Header values: bytes without line ends and NUL, as every HTTP server delivers them. */
const headerText = fc
  .string({
    unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)),
    maxLength: 60,
  })
  .filter((text) => !text.includes("\x7f"));

function oneOfOrAnyHeader(...values: string[]): fc.Arbitrary<string> {
  return fc.oneof(fc.constantFrom(...values), headerText);
}

/** Headers of real clients and hostile ones. */
export const anyHeaders: fc.Arbitrary<Record<string, string>> = fc
  .record(
    {
      "accept-language": oneOfOrAnyHeader(
        "en",
        "ru",
        "de;q=1,*;q=0",
        "*;q=x",
        "en-".repeat(2_000),
        "__proto__",
        ",;,",
      ),
      cookie: oneOfOrAnyHeader(
        "nd_access=%E0%A4%A; =; ;;",
        "nd_access=a.b.c; nd_refresh=x",
        `nd_refresh=${"A".repeat(91)}`,
        "nd_refresh={{refresh}}",
        `a=${"x".repeat(9_000)}`,
      ),
      traceparent: oneOfOrAnyHeader(
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0-0-0",
        "ff-x",
      ),
      "user-agent": oneOfOrAnyHeader("Mozilla/5.0 (X11; Linux x86_64)", "x".repeat(9_000), "\u00ff\u00fe"),
      "x-forwarded-for": oneOfOrAnyHeader("1.1.1.1", "a:b:c, '; DROP TABLE, [::1", ",,,,"),
      "content-length": oneOfOrAnyHeader("-1", "NaN", "1e9", "0", "999999999999999999999"),
      "idempotency-key": oneOfOrAnyHeader("{{order}}", "x".repeat(101), "  "),
      "x-file-name": oneOfOrAnyHeader(
        "a.png",
        "%E0%A4%A",
        "..%2F..%2Fx",
        "%00",
        "%ED%A0%80",
        "x".repeat(9_000),
      ),
      "if-none-match": oneOfOrAnyHeader("*", '"x"', "W/", ","),
      origin: oneOfOrAnyHeader("null", "https://evil.example", "http://localhost"),
    },
    { requiredKeys: [] },
  )
  .map((record) => ({ ...record }));

export const anyContentType: fc.Arbitrary<string> = fc.oneof(
  { weight: 12, arbitrary: fc.constant("application/json") },
  oneOfOrAnyHeader(
    "application/json; charset=utf-16",
    "application/vnd.api+json",
    "text/plain",
    "multipart/form-data",
    "",
  ),
);
