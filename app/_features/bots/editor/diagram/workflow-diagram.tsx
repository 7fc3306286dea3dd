import "@xyflow/react/dist/base.css";
import "./diagram.css";
import {
  Background,
  BackgroundVariant,
  type Edge,
  type EdgeChange,
  type FinalConnectionState,
  type NodeChange,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from "@xyflow/react";
import { Maximize, ZoomIn, ZoomOut } from "lucide-react";
import { useTranslations } from "next-intl";
import { useEffect, useMemo, useRef, useState } from "react";
import { useResolvedTheme } from "@/app/_shell/theme";
import { Button } from "@/app/_ui/button";
import type { Definition } from "@/lib/schemas/workflow";
import type { Edit, Point } from "../edit";
import { outletsOf } from "../outlets";
import { useNodeTexts } from "../use-node-texts";
import { type NodeFacts, toFlowEdges, toFlowNodes } from "./flow-elements";
import { FlowNode, type WorkflowFlowNode } from "./flow-node";

interface Props extends NodeFacts {
  /** With nodes that were removed, if they are to be seen. */
  definition: Definition;
  positions: ReadonlyMap<string, Point>;
  selectedId: string | null;
  onSelect: (id: string | null) => void;
  onEdit: (edit: Edit) => void;
  /** A line was drawn to an empty spot. */
  onAddFrom: (from: { id: string; field: string }) => void;
}

const NODE_TYPES = { workflow: FlowNode };
const DELETE_KEYS = ["Delete", "Backspace"];

export function WorkflowDiagram(props: Props) {
  return (
    <ReactFlowProvider>
      <Flow {...props} />
    </ReactFlowProvider>
  );
}

/**
 * The diagram shows the definition and reports edits; of its own it knows only where a node is while it is dragged, and
 * which line is selected.
 */
function Flow({
  definition,
  positions,
  selectedId,
  onSelect,
  onEdit,
  onAddFrom,
  waiting,
  problems,
  changes,
}: Props) {
  const t = useTranslations("botEditor");
  const { kindName, outletName } = useNodeTexts();
  // React Flow sets a class of this name, to which the app's colours answer.
  const theme = useResolvedTheme();
  const [dragged, setDragged] = useState<ReadonlyMap<string, Point>>(new Map());
  const [selectedLine, setSelectedLine] = useState<string | null>(null);
  const shown = useMemo(() => new Map([...positions, ...dragged]), [positions, dragged]);
  const nodes = toFlowNodes({
    ...{ definition, positions: shown, selectedId, waiting, problems, changes },
    nameNode: (id, node) => t("nodeName", { kind: kindName(node), id }),
  });
  const edges = toFlowEdges(definition, selectedId, (id, field, target) => {
    const node = definition.nodes[id];
    const outlet = node && outletsOf(node).find((candidate) => candidate.field === field);
    return `${id} → ${target}${node && outlet ? `: ${outletName(node, outlet)}` : ""}`;
  }).map((edge) => ({ ...edge, selected: edge.id === selectedLine }));

  const applyNodeChanges = (list: NodeChange<WorkflowFlowNode>[]) => {
    const moved = new Map(dragged);
    let hasMoved = false;
    let isDragging = false;
    for (const change of list) {
      if (change.type === "position" && change.position) {
        moved.set(change.id, change.position);
        hasMoved = true;
        isDragging ||= change.dragging === true;
      } else if (change.type === "position" && change.dragging === false) hasMoved = true;
    }
    if (hasMoved && !isDragging) {
      onEdit({ type: "move", positions: Object.fromEntries(moved) });
      setDragged(new Map());
    } else if (hasMoved) setDragged(moved);
    const selected = list.find((change) => change.type === "select" && change.selected);
    if (selected?.type === "select") onSelect(selected.id);
    else if (list.some((change) => change.type === "select" && change.id === selectedId)) onSelect(null);
  };

  const applyEdgeChanges = (list: EdgeChange[]) => {
    for (const change of list) {
      if (change.type !== "select") continue;
      if (change.selected) setSelectedLine(change.id);
      else setSelectedLine((current) => (current === change.id ? null : current));
    }
  };

  const endConnection = (_: unknown, { fromHandle, fromNode, toNode }: FinalConnectionState) => {
    if (!toNode && fromNode && fromHandle?.type === "source" && fromHandle.id)
      onAddFrom({ id: fromNode.id, field: fromHandle.id });
  };

  const disconnect = (edge: Edge) =>
    onEdit({ type: "connect", id: edge.source, field: edge.sourceHandle ?? "", target: "" });

  return (
    <section aria-label={t("diagram")} className="workflow-diagram absolute inset-0">
      <ReactFlow
        colorMode={theme === "light" ? "light" : "dark"}
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        onNodesChange={applyNodeChanges}
        onEdgesChange={applyEdgeChanges}
        onConnect={({ source, sourceHandle, target }) =>
          onEdit({ type: "connect", id: source, field: sourceHandle ?? "", target })
        }
        onConnectEnd={endConnection}
        onReconnect={({ source, sourceHandle }, { target }) =>
          onEdit({ type: "connect", id: source, field: sourceHandle ?? "", target })
        }
        onDelete={({ nodes: removed, edges: cut }) => {
          for (const { id } of removed) onEdit({ type: "remove", id });
          if (removed.length === 0) for (const edge of cut) disconnect(edge);
        }}
        onPaneClick={() => onSelect(null)}
        deleteKeyCode={DELETE_KEYS}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        connectionRadius={36}
        minZoom={0.2}
        maxZoom={1.5}
        fitView
        fitViewOptions={{ padding: 0.12, maxZoom: 1 }}
        ariaLabelConfig={{
          "node.a11yDescription.default": t("a11y.node"),
          "node.a11yDescription.keyboardDisabled": t("a11y.node"),
          "node.a11yDescription.ariaLiveMessage": () => t("a11y.moved"),
          "edge.a11yDescription.default": t("a11y.edge"),
          "handle.ariaLabel": t("a11y.handle"),
        }}
      >
        <Background variant={BackgroundVariant.Dots} gap={22} size={1.5} />
      </ReactFlow>
      <Zoom selectedId={selectedId} />
    </section>
  );
}

/** Zoom buttons, and the view follows what is selected when it is out of sight. */
function Zoom({ selectedId }: { selectedId: string | null }) {
  const t = useTranslations("botEditor.a11y");
  const { zoomIn, zoomOut, fitView, getNode, flowToScreenPosition, setCenter, getZoom } = useReactFlow();
  const group = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const node = selectedId === null ? undefined : getNode(selectedId);
    const area = group.current?.parentElement?.getBoundingClientRect();
    if (!node || !area) return;
    const { x, y } = flowToScreenPosition(node.position);
    const [width, height] = [(node.width ?? 0) * getZoom(), (node.height ?? 0) * getZoom()];
    const isSeen = x >= area.left && x + width <= area.right && y >= area.top && y + height <= area.bottom;
    if (isSeen) return;
    const center = {
      x: node.position.x + (node.width ?? 0) / 2,
      y: node.position.y + (node.height ?? 0) / 2,
    };
    void setCenter(center.x, center.y, { zoom: Math.max(getZoom(), 0.6) });
  }, [selectedId, getNode, flowToScreenPosition, setCenter, getZoom]);
  const buttons = [
    { name: t("zoomIn"), icon: ZoomIn, act: () => zoomIn() },
    { name: t("zoomOut"), icon: ZoomOut, act: () => zoomOut() },
    { name: t("fit"), icon: Maximize, act: () => fitView({ padding: 0.12, maxZoom: 1 }) },
  ];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields
    <div
      ref={group}
      role="group"
      aria-label={t("controls")}
      className="absolute bottom-3 left-3 z-10 flex rounded-full border border-line bg-raised/90"
    >
      {buttons.map(({ name, icon: Icon, act }) => (
        <Button key={name} look="plain" size="icon" aria-label={name} title={name} onClick={() => void act()}>
          <Icon className="size-4" aria-hidden="true" />
        </Button>
      ))}
    </div>
  );
}
