import type { NodeOf } from "../schemas/workflow";
import { type Lookup, valueText } from "./template";

/** Whether a condition holds. Numbers are compared as numbers where both sides are, texts without regard to case. */
export function evaluateCondition(
  { variable, operator, value }: NodeOf<"condition">,
  lookup: Lookup,
): boolean {
  const actual = lookup(variable);
  const [left, right] = [valueText(actual).toLowerCase(), valueText(value).toLowerCase()];
  const [a, b] = [toNumber(left), toNumber(right)];
  switch (operator) {
    case "isSet":
      return left !== "" && actual !== false;
    case "is":
      return isEqual();
    case "isNot":
      return !isEqual();
    case "contains":
      return left.includes(right);
    case "above":
      return a !== null && b !== null && a > b;
    case "below":
      return a !== null && b !== null && a < b;
  }

  function isEqual(): boolean {
    return a !== null && b !== null ? a === b : left === right;
  }
}

function toNumber(text: string): number | null {
  return /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : null;
}
