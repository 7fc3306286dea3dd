import { useTranslations } from "next-intl";
import { cn } from "@/app/_ui/cn";
import { type Difference, isUnchanged } from "./difference";
import { NodeIcon } from "./node-icon";
import { useNodeTexts } from "./use-node-texts";

interface Props {
  difference: Difference;
  start: string;
  /** Absent when the command stays. */
  command?: string | null;
  /** Absent: the entries are text, not buttons. */
  onSelect?: (id: string) => void;
}

/** What a definition changes of an earlier one, node by node. */
export function DifferenceList({ difference, start, command, onSelect }: Props) {
  const t = useTranslations("botEditor");
  const { kindName, summarize } = useNodeTexts();
  const fieldNames = (fields: string[]) =>
    fields.map((field) =>
      t.has(`fields.${field}` as "fields.text") ? t(`fields.${field}` as "fields.text") : field,
    );
  if (isUnchanged(difference) && command === undefined)
    return <p className="text-sm text-muted">{t("difference.none")}</p>;
  return (
    <ul className="flex flex-col gap-1 text-sm">
      {command === undefined ? null : (
        <li className="px-2 py-1.5">
          {t("difference.command", { command: command === null ? t("difference.noCommand") : `/${command}` })}
        </li>
      )}
      {difference.start ? <li className="px-2 py-1.5">{t("difference.start", { id: start })}</li> : null}
      {difference.inputs ? <li className="px-2 py-1.5">{t("difference.inputs")}</li> : null}
      {difference.nodes.map(({ id, change, node, fields }) => {
        const content = (
          <>
            <NodeIcon kind={node.kind} className="size-7" />
            <span className="min-w-0 flex-1">
              <span className="block [overflow-wrap:anywhere]">
                <span className={cn(change === "removed" && "line-through")}>
                  {t("nodeName", { kind: kindName(node), id })}
                </span>{" "}
                <span
                  className={cn(
                    "ml-1 rounded-full px-2 text-xs font-semibold",
                    change === "removed" ? "bg-danger-ground text-danger" : "bg-ink/8 text-accent-text",
                  )}
                >
                  {t(`change.${change}`)}
                </span>
              </span>
              <span dir="auto" className="block truncate text-xs text-muted">
                {fields.length > 0 ? fieldNames(fields).join(", ") : summarize(node)}
              </span>
            </span>
          </>
        );
        const className = "flex w-full items-center gap-3 rounded-xl px-2 py-1.5 text-left";
        return (
          <li key={`${change}:${id}`}>
            {onSelect && change !== "removed" ? (
              <button type="button" onClick={() => onSelect(id)} className={cn(className, "hover:bg-raised")}>
                {content}
              </button>
            ) : (
              <span className={className}>{content}</span>
            )}
          </li>
        );
      })}
    </ul>
  );
}
