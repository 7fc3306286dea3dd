import { type Node as FlowElement, Handle, type NodeProps, Position } from "@xyflow/react";
import { cn } from "@/app/_ui/cn";
import type { Node } from "@/lib/schemas/workflow";
import type { Change } from "../difference";
import { NodeIcon } from "../node-icon";
import { outletsOf } from "../outlets";
import { useNodeTexts } from "../use-node-texts";
import { NodeBadges } from "./node-badges";

export type FlowNodeData = {
  node: Node;
  isStart: boolean;
  waiting: number;
  problems: number;
  change: Change | null;
};
export type WorkflowFlowNode = FlowElement<FlowNodeData, "workflow">;

/** A node of the diagram. Its height is what `nodeHeight` computes. */
export function FlowNode({ id, data, selected }: NodeProps<WorkflowFlowNode>) {
  const { summarize, outletName, kindName } = useNodeTexts();
  const { node, isStart, waiting, problems, change } = data;
  const isRemoved = change === "removed";
  return (
    <div
      className={cn(
        "relative h-full rounded-2xl border bg-raised shadow-[0_6px_24px_-12px_oklch(0_0_0/0.5)] transition-[border-color]",
        selected ? "border-ink ring-2 ring-ink" : "border-line-strong",
        problems > 0 && !selected && "border-danger",
        (change === "added" || change === "changed") &&
          "outline-2 outline-offset-3 outline-mark outline-dashed",
        isRemoved && "border-dashed opacity-55",
      )}
    >
      <div className="flex h-11 items-center gap-2.5 px-2.5 pt-1">
        <NodeIcon kind={node.kind} className="size-7" />
        <p className="min-w-0 flex-1 leading-tight">
          <span className="block truncate text-[0.8125rem] font-semibold">{kindName(node)}</span>
          <span className={cn("block truncate text-[0.6875rem] text-faint", isRemoved && "line-through")}>
            {id}
          </span>
        </p>
        <NodeBadges isStart={isStart} waiting={waiting} problems={problems} change={change} />
      </div>
      {node.kind === "end" ? null : (
        <p
          dir="auto"
          className="mx-3 mt-1.5 line-clamp-2 h-9 text-xs leading-[1.125rem] text-muted [overflow-wrap:anywhere]"
        >
          {summarize(node)}
        </p>
      )}
      <Handle id="in" type="target" position={Position.Left} style={{ top: 26 }} isConnectable={!isRemoved} />
      <ul className={node.kind === "end" ? "" : "mt-1.5"}>
        {outletsOf(node).map((outlet) => (
          <li
            key={outlet.field}
            className="relative flex h-[30px] items-center justify-end border-t border-line pr-4 pl-3 text-xs text-muted"
          >
            <span dir="auto" className="truncate">
              {outletName(node, outlet)}
            </span>
            <Handle
              id={outlet.field}
              type="source"
              position={Position.Right}
              isConnectable={!isRemoved}
              className={cn(outlet.target === "" && outlet.name !== "next" && "is-loose")}
            />
          </li>
        ))}
      </ul>
    </div>
  );
}
