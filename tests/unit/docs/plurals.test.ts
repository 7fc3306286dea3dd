import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

/** In Russian `one` is also 21 and 31, so a form for exactly one thing is `=1`. */
const ONE = /(?<!=)\bone \{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}/g;
/** Words beside a number that is another element of the page agree with it as with any other. */
const BESIDE_A_NUMBER = ["бонус"];

it("a Russian plural form for one shows its number, or is for exactly one", () => {
  const texts = ["ru.json", "on-demand/ru.json"]
    .map((file) => readFileSync(`app/i18n/messages/${file}`, "utf8"))
    .join();
  const forms = [...texts.matchAll(ONE)].map(([, form = ""]) => form);
  expect(forms.length).toBeGreaterThan(20);
  expect(forms.filter((form) => !form.includes("#") && !BESIDE_A_NUMBER.includes(form))).toEqual([]);
});
