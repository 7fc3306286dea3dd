import { isStorable } from "../core/text";
import type { VariableValue } from "../schemas/bot";
import type { NodeOf } from "../schemas/workflow";
import type { RunInput } from "./run-types";
import { MAX_VALUE_LENGTH } from "./template";

/** The value of an answer; null when it does not fit the question. */
export function parseAnswer(node: NodeOf<"question">, input: RunInput): VariableValue | null {
  if (input.kind === "button")
    return node.answer === "choice" ? (node.choices[input.index]?.value ?? null) : null;
  if (input.kind !== "answer") return null;
  if (node.answer === "contact") return input.phone;
  const text = input.text?.trim() ?? "";
  if (text === "" || text.length > MAX_VALUE_LENGTH || !isStorable(text)) return null;
  switch (node.answer) {
    case "text":
      return text;
    case "number":
      return parseNumber(text, node);
    case "choice": {
      const given = text.toLowerCase();
      const chosen = node.choices.find(({ label, value }) =>
        [label.ru, label.en, value].some((option) => option.toLowerCase() === given),
      );
      return chosen?.value ?? null;
    }
  }
}

/** Digits with at most two decimals, after a point or a comma; no other notation, such as `1e9`. */
function parseNumber(text: string, { min, max }: NodeOf<"question">): number | null {
  if (!/^-?\d{1,12}(?:[.,]\d{1,2})?$/.test(text)) return null;
  const number = Number(text.replace(",", "."));
  if ((min !== undefined && number < min) || (max !== undefined && number > max)) return null;
  return number;
}
