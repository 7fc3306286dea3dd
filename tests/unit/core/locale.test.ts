import { expect, it } from "vitest";
import { resolveLocale } from "@/lib/core/locale";

it.each([
  [undefined, undefined, "ru"],
  [undefined, "", "ru"],
  [undefined, "en", "en"],
  [undefined, "en-GB,en;q=0.9,ru;q=0.8", "en"],
  [undefined, "de-DE,de;q=0.9,en;q=0.7,ru;q=0.8", "ru"],
  [undefined, "de, fr", "ru"],
  [undefined, "en;q=0", "ru"],
  [undefined, "ru;q=0.1,en;q=0.2", "en"],
  ["en", "ru", "en"],
  ["ru", "en", "ru"],
  ["xx", "en", "en"],
] as const)("cookie %s and Accept-Language %s give %s", (cookie, acceptLanguage, expected) => {
  expect(resolveLocale({ cookie, acceptLanguage })).toBe(expected);
});
