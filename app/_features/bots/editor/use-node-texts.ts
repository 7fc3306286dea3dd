import { useFormatter, useLocale, useTranslations } from "next-intl";
import { type Node, replacePlaceholders } from "@/lib/schemas/workflow";
import type { Problem } from "@/lib/schemas/workflow-check";
import type { Outlet } from "./outlets";

/** What a node is called, what it does in one line, and what its ways out are called. */
export function useNodeTexts() {
  const t = useTranslations("botEditor");
  const format = useFormatter();
  const locale = useLocale();

  const plain = (html: string) =>
    replacePlaceholders(html, (name) => `{${name}}`)
      .replace(/<[^<>]*>/g, "")
      .replace(/\s+/g, " ")
      .trim() || t("noText");

  const summarize = (node: Node): string => {
    switch (node.kind) {
      case "message":
      case "question":
        return plain(node.text[locale]);
      case "condition": {
        const comparison = `${node.variable} ${t(`panel.operators.${node.operator}`)}`;
        return node.operator === "isSet" ? comparison : `${comparison} ${String(node.value)}`;
      }
      case "setVariable":
        return node.add === undefined
          ? `${node.variable} = ${String(node.value ?? "")}`
          : `${node.variable} + ${format.number(node.add)}`;
      case "delay": {
        const { count, unit } = splitSeconds(node.seconds);
        return format.number(count, { style: "unit", unit: unit.slice(0, -1), unitDisplay: "long" });
      }
      case "waitUntil":
        return `${node.at} UTC`;
      case "httpRequest":
        return `${node.method} ${node.url}`;
      case "spendBonuses":
        return node.amount === "" ? t("noText") : `{${node.amount}}`;
      case "creditBonuses":
        return `+${format.number(node.amountMinor / 100)}`;
      case "callWorkflow":
        return node.workflow === "" ? t("none") : node.workflow;
      default:
        return t(`kindTexts.${node.kind}`);
    }
  };

  const outletName = (node: Node, { name, index }: Outlet): string => {
    const label = node.kind === "message" && index !== undefined ? node.buttons[index]?.label[locale] : "";
    if (name !== "button") return t(`outlets.${name}`);
    return label || t("outlets.button", { number: (index ?? 0) + 1 });
  };

  /** @param node  null: the problem is of the whole definition */
  const problemText = ({ code, path, detail }: Problem, node: Node | null): string => {
    if (code !== "invalid" || !node) return t(`problem.${code}`, { detail });
    const value = readPath(node, path);
    if (value !== "" && value !== undefined) return t("problem.invalid", { detail });
    return t(
      /(?:^|\.)(?:next|otherwise|failed|insufficient|already|unlinked)$/.test(path)
        ? "problem.unconnected"
        : "problem.empty",
    );
  };

  return { summarize, outletName, problemText, kindName: (node: Node) => t(`kinds.${node.kind}`) };
}

function readPath(value: unknown, path: string): unknown {
  return path
    .split(".")
    .filter(Boolean)
    .reduce<unknown>(
      (part, name) =>
        typeof part === "object" && part !== null && Object.hasOwn(part, name)
          ? Reflect.get(part, name)
          : undefined,
      value,
    );
}

const UNITS = [
  { unit: "days", seconds: 86_400 },
  { unit: "hours", seconds: 3_600 },
  { unit: "minutes", seconds: 60 },
  { unit: "seconds", seconds: 1 },
] as const;
export type DurationUnit = (typeof UNITS)[number]["unit"];

/** In the largest unit of which it is a whole number. */
export function splitSeconds(seconds: number): { count: number; unit: DurationUnit } {
  const { unit, seconds: size } =
    UNITS.find((candidate) => seconds > 0 && seconds % candidate.seconds === 0) ?? UNITS[3];
  return { count: seconds / size, unit };
}

export function secondsOf(unit: DurationUnit): number {
  return UNITS.find((candidate) => candidate.unit === unit)?.seconds ?? 1;
}
