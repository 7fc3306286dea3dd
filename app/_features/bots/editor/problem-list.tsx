import { TriangleAlert } from "lucide-react";
import { useTranslations } from "next-intl";
import type { Definition } from "@/lib/schemas/workflow";
import type { Problem } from "@/lib/schemas/workflow-check";
import { useNodeTexts } from "./use-node-texts";

interface Props {
  problems: readonly Problem[];
  definition: Definition;
  onSelect: (id: string) => void;
}

/** What keeps the definition from being published; each leads to its node. */
export function ProblemList({ problems, definition, onSelect }: Props) {
  const t = useTranslations("botEditor");
  const { problemText, kindName } = useNodeTexts();
  return (
    <ul className="flex flex-col gap-1 text-sm">
      {problems.map((problem) => {
        const { code, nodeId, path, detail } = problem;
        const node =
          nodeId !== null && Object.hasOwn(definition.nodes, nodeId) ? definition.nodes[nodeId] : undefined;
        const content = (
          <>
            <TriangleAlert className="mt-0.5 size-4 shrink-0 text-danger" aria-hidden="true" />
            <span className="[overflow-wrap:anywhere]">
              <span className="font-semibold">
                {node && nodeId !== null ? t("nodeName", { kind: kindName(node), id: nodeId }) : t("whole")}
              </span>
              {path ? <span className="text-faint"> · {path}</span> : null}
              <span className="block text-muted">{problemText(problem, node ?? null)}</span>
            </span>
          </>
        );
        return (
          <li key={`${code} ${nodeId} ${path} ${detail}`}>
            {node && nodeId !== null ? (
              <button
                type="button"
                onClick={() => onSelect(nodeId)}
                className="flex w-full gap-3 rounded-xl px-2 py-1.5 text-left hover:bg-raised"
              >
                {content}
              </button>
            ) : (
              <span className="flex gap-3 px-2 py-1.5">{content}</span>
            )}
          </li>
        );
      })}
    </ul>
  );
}
