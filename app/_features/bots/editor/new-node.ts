import type { Definition, Node, NodeKind } from "@/lib/schemas/workflow";

/** In the order in which the editor offers them. */
export const NODE_KINDS = [
  ...(["message", "question", "condition", "setVariable", "delay", "waitUntil"] as const),
  ...(["callWorkflow", "jump", "repeatQuestion", "httpRequest"] as const),
  ...(["spendBonuses", "creditBonuses", "linkAccount", "setNotifications", "end"] as const),
] as const satisfies readonly NodeKind[];

const noTexts = () => ({ ru: "", en: "" });

/** A node of a kind that is still to be filled in and connected. */
export function newNode(kind: NodeKind): Node {
  switch (kind) {
    case "message":
      return { kind, text: noTexts(), buttons: [] };
    case "question":
      return {
        ...{ kind, text: noTexts(), answer: "text", variable: "answer", retry: noTexts() },
        ...{ choices: [], next: "" },
      };
    case "condition":
      return { kind, variable: "linked", operator: "is", value: true, next: "", otherwise: "" };
    case "setVariable":
      return { kind, variable: "value", value: "", next: "" };
    case "delay":
      return { kind, seconds: 3_600, next: "" };
    case "waitUntil":
      return { kind, at: "18:00", next: "" };
    case "httpRequest":
      return { kind, method: "GET", url: "https://", save: {}, next: "", failed: "" };
    case "spendBonuses":
      return { kind, amount: "", note: noTexts(), next: "", insufficient: "", unlinked: "" };
    case "creditBonuses":
      return { kind, amountMinor: 100, note: noTexts(), next: "", unlinked: "" };
    case "callWorkflow":
      return { kind, workflow: "", next: "" };
    case "setNotifications":
      return { kind, on: true, next: "" };
    case "linkAccount":
    case "jump":
    case "repeatQuestion":
      return { kind, next: "" };
    case "end":
      return { kind };
  }
}

/** `message`, or `message2` when there is one. */
export function newNodeId(kind: string, { nodes }: Pick<Definition, "nodes">): string {
  for (let number = 1; ; number++) {
    const id = number === 1 ? kind : `${kind}${number}`;
    if (!Object.hasOwn(nodes, id)) return id;
  }
}
