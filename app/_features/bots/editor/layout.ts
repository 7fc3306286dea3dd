import { Graph, layout } from "@dagrejs/dagre";
import type { Definition, Node } from "@/lib/schemas/workflow";
import type { Point } from "./edit";
import { outletsOf } from "./outlets";

/** The size (px) of a node in the diagram, which its style fixes. */
export const NODE_WIDTH = 248;
const HEAD_HEIGHT = 44;
const SUMMARY_HEIGHT = 48;
export const OUTLET_HEIGHT = 30;
export const BOTTOM_PADDING = 10;

export function nodeHeight(node: Node): number {
  const summary = node.kind === "end" ? 0 : SUMMARY_HEIGHT;
  return HEAD_HEIGHT + summary + outletsOf(node).length * OUTLET_HEIGHT + BOTTOM_PADDING;
}

/**
 * Where each node is drawn: where it was put, or else in layers from left to right, so that lines lead to the right and
 * seldom cross.
 */
export function layoutNodes({ start, nodes }: Definition): Map<string, Point> {
  const graph = new Graph()
    .setGraph({ rankdir: "LR", nodesep: 28, ranksep: 72, marginx: 24, marginy: 24 })
    .setDefaultEdgeLabel(() => ({}));
  // The first node of the list decides what is drawn first.
  const ids = orderNodes({ start, nodes });
  for (const id of ids) {
    const node = nodes[id];
    if (node) graph.setNode(id, { width: NODE_WIDTH, height: nodeHeight(node) });
  }
  for (const id of ids) {
    const node = nodes[id];
    for (const { target } of node ? outletsOf(node) : [])
      if (target !== id && Object.hasOwn(nodes, target)) graph.setEdge(id, target);
  }
  layout(graph);
  return new Map(
    ids.map((id) => {
      const { x, y, width, height } = graph.node(id) as Point & { width: number; height: number };
      return [id, nodes[id]?.position ?? { x: x - width / 2, y: y - height / 2 }];
    }),
  );
}

/** The order in which people meet the nodes; those that cannot be reached come last. */
export function orderNodes({ start, nodes }: Pick<Definition, "start" | "nodes">): string[] {
  const seen = new Set<string>();
  const pending = [start];
  for (let id = pending.shift(); id !== undefined; id = pending.shift()) {
    const node = Object.hasOwn(nodes, id) ? nodes[id] : undefined;
    if (!node || seen.has(id)) continue;
    seen.add(id);
    pending.push(...outletsOf(node).map(({ target }) => target));
  }
  return [...seen, ...Object.keys(nodes).filter((id) => !seen.has(id))];
}
