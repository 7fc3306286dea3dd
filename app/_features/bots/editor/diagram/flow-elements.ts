import { type Edge, MarkerType, type NodeHandle, Position } from "@xyflow/react";
import type { Definition, Node } from "@/lib/schemas/workflow";
import type { Change } from "../difference";
import type { Point } from "../edit";
import { BOTTOM_PADDING, NODE_WIDTH, nodeHeight, OUTLET_HEIGHT } from "../layout";
import { outletsOf } from "../outlets";
import type { WorkflowFlowNode } from "./flow-node";

export interface NodeFacts {
  waiting: ReadonlyMap<string, number>;
  problems: ReadonlyMap<string, number>;
  changes: ReadonlyMap<string, Change>;
}

interface NodesInput extends NodeFacts {
  definition: Definition;
  positions: ReadonlyMap<string, Point>;
  selectedId: string | null;
  nameNode: (id: string, node: Node) => string;
}

/** With sizes, so that the first paint has everything where it belongs. */
export function toFlowNodes({
  definition,
  positions,
  selectedId,
  nameNode,
  waiting,
  problems,
  changes,
}: NodesInput): WorkflowFlowNode[] {
  return Object.entries(definition.nodes).map(([id, node]) => {
    const size = { width: NODE_WIDTH, height: nodeHeight(node) };
    const change = changes.get(id) ?? null;
    return {
      ...{ id, type: "workflow", position: positions.get(id) ?? { x: 0, y: 0 }, selected: id === selectedId },
      ...{ ...size, measured: size, handles: handlesOf(node, size.height), ariaLabel: nameNode(id, node) },
      ...(change === "removed" ? { draggable: false, connectable: false, deletable: false } : {}),
      data: {
        ...{ node, change, isStart: id === definition.start },
        ...{ waiting: waiting.get(id) ?? 0, problems: problems.get(id) ?? 0 },
      },
    };
  });
}

const HANDLE_SIZE = 12;

function handlesOf(node: Node, height: number): NodeHandle[] {
  const size = { width: HANDLE_SIZE, height: HANDLE_SIZE };
  const outlets = outletsOf(node);
  const firstY = height - BOTTOM_PADDING - outlets.length * OUTLET_HEIGHT;
  return [
    {
      id: "in",
      type: "target",
      position: Position.Left,
      x: -HANDLE_SIZE / 2,
      y: 26 - HANDLE_SIZE / 2,
      ...size,
    },
    ...outlets.map(({ field }, index) => ({
      ...{ id: field, type: "source" as const, position: Position.Right, ...size },
      x: NODE_WIDTH - HANDLE_SIZE / 2,
      y: firstY + index * OUTLET_HEIGHT + (OUTLET_HEIGHT - HANDLE_SIZE) / 2,
    })),
  ];
}

/** @param nameEdge  for screen readers */
export function toFlowEdges(
  { nodes }: Definition,
  selectedId: string | null,
  nameEdge: (id: string, field: string, target: string) => string,
): Edge[] {
  return Object.entries(nodes).flatMap(([id, node]) =>
    outletsOf(node)
      .filter(({ target }) => Object.hasOwn(nodes, target))
      .map(({ field, target }) => ({
        ...{ id: `${id}:${field}`, source: id, sourceHandle: field, target, targetHandle: "in" },
        // A line that is dragged from its outlet is a new one, which takes the way over.
        reconnectable: "target" as const,
        ...{ data: { field }, ariaLabel: nameEdge(id, field, target) },
        markerEnd: { type: MarkerType.ArrowClosed, color: "var(--muted)", width: 16, height: 16 },
        className: selectedId === id || selectedId === target ? "react-flow__edge-to-selected" : "",
      })),
  );
}
