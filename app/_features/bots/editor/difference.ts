import type { Definition, Node } from "@/lib/schemas/workflow";
import { withoutPosition } from "./edit";

export type Change = "added" | "changed" | "removed";

/** How one definition differs from an earlier one. Where nodes are drawn makes no difference. */
export interface Difference {
  nodes: { id: string; change: Change; node: Node; fields: string[] }[];
  /** It begins with another node. */
  start: boolean;
  inputs: boolean;
}

/** @param before  null: nothing is published, everything is added */
export function compareDefinitions(before: Definition | null, after: Definition): Difference {
  const earlier = before?.nodes ?? {};
  const nodes: Difference["nodes"] = [];
  for (const [id, node] of Object.entries(after.nodes)) {
    const previous = Object.hasOwn(earlier, id) ? earlier[id] : undefined;
    if (!previous) nodes.push({ id, change: "added", node, fields: [] });
    else {
      const fields = changedFields(previous, node);
      if (fields.length > 0) nodes.push({ id, change: "changed", node, fields });
    }
  }
  for (const [id, node] of Object.entries(earlier))
    if (!Object.hasOwn(after.nodes, id)) nodes.push({ id, change: "removed", node, fields: [] });
  return {
    nodes,
    start: before !== null && before.start !== after.start,
    inputs: before !== null && !isSame(before.inputs, after.inputs),
  };
}

export function isUnchanged({ nodes, start, inputs }: Difference): boolean {
  return nodes.length === 0 && !start && !inputs;
}

/** Top-level fields that are not the same. */
function changedFields(before: Node, after: Node): string[] {
  const [old, current] = [withoutPosition(before), withoutPosition(after)].map((node) =>
    Object.entries(node),
  ) as [[string, unknown][], [string, unknown][]];
  const values = new Map(old);
  const names = new Set([...old, ...current].map(([name]) => name));
  const currentValues = new Map(current);
  return [...names].filter((name) => !isSame(values.get(name), currentValues.get(name)));
}

/** Of JSON values, whatever the order of their fields; an absent field is as one that is undefined. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => isSame(Reflect.get(a, name), Reflect.get(b, name)));
}
