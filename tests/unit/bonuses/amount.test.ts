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
])("the input «%s» is %i hundredths", (input, minor) => expect(parseBonusMinor(input)).toBe(minor));

it.each(["", "-5", "1e3", "1,234", "1.2.3", "five", "."])("«%s» is not an amount", (input) =>
  expect(parseBonusMinor(input)).toBeNaN(),
);

it("hundredths are shown as bonuses", () => expect(toBonuses(1_250)).toBe(12.5));
