import type { Definition, Node } from "@/lib/schemas/workflow";
import { outletsOf, withTarget } from "./outlets";

export interface Point {
  x: number;
  y: number;
}

/** What an editor does with a definition, one step of it. */
export type Edit =
  | { type: "add"; id: string; node: Node; from?: { id: string; field: string } }
  | { type: "remove"; id: string }
  | { type: "rename"; id: string; to: string }
  | { type: "replace"; id: string; node: Node }
  | { type: "connect"; id: string; field: string; target: string }
  | { type: "move"; positions: Readonly<Record<string, Point>> }
  | { type: "arrange" }
  | { type: "start"; id: string }
  | { type: "inputs"; inputs: string[] }
  | { type: "load"; definition: Definition };

/**
 * Applies one edit. Pure. An edit that is not possible changes nothing and returns the definition itself. A node that is
 * removed or renamed takes the lines to it along, so an edit leaves no line to a node that does not exist.
 */
export function applyEdit(definition: Definition, edit: Edit): Definition {
  const { nodes } = definition;
  switch (edit.type) {
    case "add":
      return add(definition, edit);
    case "remove": {
      if (!Object.hasOwn(nodes, edit.id)) return definition;
      const { [edit.id]: _, ...rest } = nodes;
      return { ...definition, nodes: redirect(rest, edit.id, "") };
    }
    case "rename":
      return rename(definition, edit.id, edit.to);
    case "replace":
      return Object.hasOwn(nodes, edit.id) ? setNode(definition, edit.id, edit.node) : definition;
    case "connect": {
      const node = Object.hasOwn(nodes, edit.id) ? nodes[edit.id] : undefined;
      if (!node || (edit.target !== "" && !Object.hasOwn(nodes, edit.target))) return definition;
      return setNode(definition, edit.id, withTarget(node, edit.field, edit.target));
    }
    case "move":
      return mapNodes(definition, (node, id) => {
        const position = Object.hasOwn(edit.positions, id) ? edit.positions[id] : undefined;
        if (!position) return node;
        const { x, y } = node.position ?? {};
        return x === position.x && y === position.y ? node : { ...node, position };
      });
    case "arrange":
      return mapNodes(definition, (node) => (node.position === undefined ? node : withoutPosition(node)));
    case "start":
      return edit.id === definition.start || !Object.hasOwn(nodes, edit.id)
        ? definition
        : { ...definition, start: edit.id };
    case "inputs":
      return { ...definition, inputs: edit.inputs };
    case "load":
      return edit.definition;
  }
}

export function withoutPosition(node: Node): Node {
  const { position: _, ...rest } = node;
  return rest;
}

function add(definition: Definition, { id, node, from }: Extract<Edit, { type: "add" }>): Definition {
  if (id === "" || Object.hasOwn(definition.nodes, id)) return definition;
  const added = { ...definition, nodes: { ...definition.nodes, [id]: node } };
  const source = from && Object.hasOwn(definition.nodes, from.id) ? definition.nodes[from.id] : undefined;
  if (!from || !source) return added;
  const outlet = outletsOf(source).find(({ field }) => field === from.field);
  if (!outlet) return added;
  // Between two connected nodes: the new one leads to where the way led before.
  const [first] = outletsOf(node);
  const inserted = first && first.target === "" ? withTarget(node, first.field, outlet.target) : node;
  const nodes = { ...added.nodes, [id]: inserted, [from.id]: withTarget(source, from.field, id) };
  return { ...definition, nodes };
}

function rename(definition: Definition, id: string, to: string): Definition {
  const { nodes, start } = definition;
  if (to === "" || !Object.hasOwn(nodes, id) || Object.hasOwn(nodes, to)) return definition;
  // In the same place of the list.
  const renamed = Object.fromEntries(
    Object.entries(nodes).map(([key, node]) => [key === id ? to : key, node]),
  );
  return { ...definition, start: start === id ? to : start, nodes: redirect(renamed, id, to) };
}

function redirect(nodes: Definition["nodes"], from: string, to: string): Definition["nodes"] {
  return Object.fromEntries(
    Object.entries(nodes).map(([key, node]) => {
      const outlets = outletsOf(node).filter(({ target }) => target === from);
      return [key, outlets.reduce((changed, { field }) => withTarget(changed, field, to), node)];
    }),
  );
}

function setNode(definition: Definition, id: string, node: Node): Definition {
  if (definition.nodes[id] === node) return definition;
  return { ...definition, nodes: { ...definition.nodes, [id]: node } };
}

function mapNodes(definition: Definition, change: (node: Node, id: string) => Node): Definition {
  const nodes = Object.fromEntries(
    Object.entries(definition.nodes).map(([id, node]) => [id, change(node, id)]),
  );
  const isChanged = Object.entries(nodes).some(([id, node]) => node !== definition.nodes[id]);
  return isChanged ? { ...definition, nodes } : definition;
}
