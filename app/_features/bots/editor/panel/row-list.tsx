import { ArrowUp, Plus, Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Button } from "@/app/_ui/button";

interface Props {
  title: string;
  addLabel: string;
  count: number;
  nameRow: (number: number) => string;
  removeLabel: (number: number) => string;
  onAdd: () => void;
  onRemove: (index: number) => void;
  /** Absent: the order does not matter. */
  onMoveUp?: (index: number) => void;
  error: string | undefined;
  children: (index: number) => ReactNode;
}

/** Rows of a node that can be added, removed and moved: buttons, choices, fields of a request. */
export function RowList({
  title,
  addLabel,
  count,
  nameRow,
  removeLabel,
  onAdd,
  onRemove,
  onMoveUp,
  error,
  children,
}: Props) {
  const t = useTranslations("botEditor.panel");
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-2 font-semibold">{title}</legend>
      {Array.from({ length: count }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is known by its number alone
        <div key={index} className="rounded-xl border border-line bg-ground/40 p-3">
          <div className="mb-2 flex items-center justify-between gap-2">
            <span className="text-sm text-muted">{nameRow(index + 1)}</span>
            <span className="flex">
              {onMoveUp && index > 0 ? (
                <Button
                  look="plain"
                  size="icon"
                  aria-label={t("moveUp", { name: nameRow(index + 1) })}
                  onClick={() => onMoveUp(index)}
                >
                  <ArrowUp className="size-4" aria-hidden="true" />
                </Button>
              ) : null}
              <Button
                look="plain"
                size="icon"
                aria-label={removeLabel(index + 1)}
                onClick={() => onRemove(index)}
              >
                <Trash2 className="size-4" aria-hidden="true" />
              </Button>
            </span>
          </div>
          <div className="flex flex-col gap-1">{children(index)}</div>
        </div>
      ))}
      {error ? <p className="text-xs font-medium text-danger">{error}</p> : null}
      <Button look="quiet" size="small" onClick={onAdd} className="min-h-11 self-start">
        <Plus className="size-4" aria-hidden="true" />
        {addLabel}
      </Button>
    </fieldset>
  );
}

export function withMovedUp<T>(rows: readonly T[], index: number): T[] {
  const moved = rows[index];
  if (moved === undefined) return [...rows];
  const rest = rows.filter((_, position) => position !== index);
  return [...rest.slice(0, index - 1), moved, ...rest.slice(index - 1)];
}
