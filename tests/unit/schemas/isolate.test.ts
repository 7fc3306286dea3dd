import { expect, it } from "vitest";
import { isolate } from "@/lib/schemas/isolate";

const HEBREW = "\u05E9\u05DC\u05D5\u05DD";

it.each([
  ["left to right", "Mira Kim", "Mira Kim"],
  ["Cyrillic with an emoji", "\u041C\u0438\u0440\u0430 \u{1F3A7}", "\u041C\u0438\u0440\u0430 \u{1F3A7}"],
  ["nothing", "", ""],
  ["Hebrew", HEBREW, `\u2068${HEBREW}\u2069`],
  ["Hebrew at the end", `12 ${HEBREW}`, `\u206812 ${HEBREW}\u2069`],
  ["Arabic", "\u0633\u0644\u0627\u0645", "\u2068\u0633\u0644\u0627\u0645\u2069"],
  ["an override that is not closed", "abc\u202Edef", "\u2068abcdef\u2069"],
  ["an isolate closed too early", "a\u2069b", "\u2068ab\u2069"],
])("isolates what is not simply left to right: %s", (_, text, expected) => {
  expect(isolate(text)).toBe(expected);
  expect(isolate(expected)).toBe(expected);
});
