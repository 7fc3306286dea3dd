import { useTranslations } from "next-intl";
import { cn } from "@/app/_ui/cn";
import type { Definition } from "@/lib/schemas/workflow";
import type { NodeFacts } from "./diagram/flow-elements";
import { NodeBadges } from "./diagram/node-badges";
import { orderNodes } from "./layout";
import { NodeIcon } from "./node-icon";
import { useNodeTexts } from "./use-node-texts";

interface Props extends NodeFacts {
  definition: Definition;
  onSelect: (id: string) => void;
}

/** All nodes, in the order in which people meet them: what the diagram shows, without it. */
export function NodeList({ definition, onSelect, waiting, problems, changes }: Props) {
  const t = useTranslations("botEditor");
  const { kindName, summarize } = useNodeTexts();
  const ids = orderNodes(definition);
  if (ids.length === 0)
    return (
      <div className="rounded-2xl border border-dashed border-line-strong p-5">
        <p className="font-semibold">{t("emptyTitle")}</p>
        <p className="mt-1 text-sm text-muted">{t("emptyText")}</p>
      </div>
    );
  return (
    <ol className="flex flex-col gap-1">
      {ids.map((id) => {
        const node = definition.nodes[id];
        if (!node) return null;
        return (
          <li key={id}>
            <button
              type="button"
              id={`node-${id}`}
              onClick={() => onSelect(id)}
              className={cn(
                "flex w-full items-center gap-3 rounded-xl border border-transparent px-2.5 py-2 text-left",
                "transition-colors hover:border-line-strong hover:bg-raised",
                problems.has(id) && "border-danger/50",
              )}
            >
              <NodeIcon kind={node.kind} />
              <span className="min-w-0 flex-1">
                <span className="flex items-baseline gap-2">
                  <span className="shrink-0 text-sm font-semibold">{kindName(node)}</span>
                  <span className="truncate text-xs text-faint">{id}</span>
                </span>
                <span dir="auto" className="block truncate text-xs text-muted">
                  {summarize(node)}
                </span>
              </span>
              <NodeBadges
                isStart={id === definition.start}
                waiting={waiting.get(id) ?? 0}
                problems={problems.get(id) ?? 0}
                change={changes.get(id) ?? null}
              />
            </button>
          </li>
        );
      })}
    </ol>
  );
}
