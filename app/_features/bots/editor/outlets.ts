import { isWait, type Node } from "@/lib/schemas/workflow";

export type OutletName =
  | "next"
  | "holds"
  | "otherwise"
  | "failed"
  | "insufficient"
  | "already"
  | "unlinked"
  | "button";

/** A way out of a node, which a line of the diagram leads to another node. */
export interface Outlet {
  /** The field that names the target, as in `successors`. */
  field: string;
  name: OutletName;
  /** Of a button. */
  index?: number;
  /** Empty: not connected. */
  target: string;
}

/** All ways out of a node, also those that are not connected. */
export function outletsOf(node: Node): Outlet[] {
  switch (node.kind) {
    case "message": {
      const buttons = node.buttons.flatMap((button, index) =>
        "next" in button
          ? [{ field: `buttons.${index}.next`, name: "button" as const, index, target: button.next }]
          : [],
      );
      // With a button that goes on, the execution waits for it, and `next` is never taken.
      if (isWait(node) && node.next === undefined) return buttons;
      return [...buttons, { field: "next", name: "next", target: node.next ?? "" }];
    }
    case "condition":
      return [
        { field: "next", name: "holds", target: node.next },
        { field: "otherwise", name: "otherwise", target: node.otherwise },
      ];
    case "httpRequest":
      return [
        { field: "next", name: "next", target: node.next },
        { field: "failed", name: "failed", target: node.failed },
      ];
    case "spendBonuses":
      return [
        { field: "next", name: "next", target: node.next },
        { field: "insufficient", name: "insufficient", target: node.insufficient },
        { field: "unlinked", name: "unlinked", target: node.unlinked },
      ];
    case "creditBonuses":
      return [
        { field: "next", name: "next", target: node.next },
        ...(node.once === undefined
          ? []
          : [{ field: "already", name: "already" as const, target: node.already ?? "" }]),
        { field: "unlinked", name: "unlinked", target: node.unlinked },
      ];
    case "end":
      return [];
    default:
      return [{ field: "next", name: "next", target: node.next }];
  }
}

/**
 * The node with one of its ways out leading to another target.
 * @param target  empty: nowhere
 * @returns the node itself when it has no such way or nothing changes
 */
export function withTarget(node: Node, field: string, target: string): Node {
  const outlet = outletsOf(node).find((candidate) => candidate.field === field);
  if (!outlet || outlet.target === target) return node;
  if (node.kind === "message") {
    if (outlet.index !== undefined) {
      const buttons = node.buttons.map((button, index) =>
        index === outlet.index && "next" in button ? { ...button, next: target } : button,
      );
      return { ...node, buttons };
    }
    const { next: _, ...rest } = node;
    return target === "" ? rest : { ...rest, next: target };
  }
  if (node.kind === "creditBonuses" && field === "already" && target === "") {
    const { already: _, ...rest } = node;
    return rest;
  }
  return { ...node, [field]: target };
}
