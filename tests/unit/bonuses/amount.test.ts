import { expect, it } from "vitest";
import { parseBonusMinor, toBonuses } from "@/app/_features/bonuses/bonus-amount";

it.each([
  ["12", 1_200],
  ["12,5", 1_250],
  ["12.05", 1_205],
  [" 1 290,50 ", 129_050],
  ["1.1", 110],
  ["4.35", 435],
  ["0", 0],
])("what is typed as «%s» is %i hundredths", (typed, minor) => expect(parseBonusMinor(typed)).toBe(minor));

it.each(["", "-5", "1e3", "1,234", "1.2.3", "five", "."])("«%s» is no amount", (typed) =>
  expect(parseBonusMinor(typed)).toBeNaN(),
);

it("hundredths are shown as people count them", () => expect(toBonuses(1_250)).toBe(12.5));
