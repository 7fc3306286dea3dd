import { useTranslations } from "next-intl";
import { Dialog } from "@/app/_ui/dialog";
import type { NodeKind } from "@/lib/schemas/workflow";
import { NODE_KINDS } from "../new-node";
import { NodeIcon } from "../node-icon";

interface Props {
  /** The node whose way leads to the new one; null: it stands alone. */
  afterId: string | null;
  isAdministrators: boolean;
  onAdd: (kind: NodeKind) => void;
  onClose: () => void;
}

const ADMINISTRATORS_ONLY: ReadonlySet<NodeKind> = new Set([
  "creditBonuses",
  "linkAccount",
  "setNotifications",
]);

export function AddNodeDialog({ afterId, isAdministrators, onAdd, onClose }: Props) {
  const t = useTranslations("botEditor");
  const kinds = NODE_KINDS.filter((kind) => isAdministrators || !ADMINISTRATORS_ONLY.has(kind));
  return (
    <Dialog
      title={afterId === null ? t("addNode") : t("addAfter", { id: afterId })}
      onClose={onClose}
      className="w-[min(44rem,calc(100vw-1.5rem))]"
    >
      {(close) => (
        <ul className="grid gap-1.5 overflow-y-auto p-1 sm:grid-cols-2">
          {kinds.map((kind) => (
            <li key={kind}>
              <button
                type="button"
                onClick={() => {
                  onAdd(kind);
                  close();
                }}
                className="flex h-full w-full items-center gap-3 rounded-xl border border-line p-3 text-left hover:border-ink"
              >
                <NodeIcon kind={kind} />
                <span className="min-w-0">
                  <span className="block text-sm font-semibold">{t(`kinds.${kind}`)}</span>
                  <span className="block text-xs text-muted">{t(`kindTexts.${kind}`)}</span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}
