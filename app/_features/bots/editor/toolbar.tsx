import {
  FlaskConical,
  History as HistoryIcon,
  LayoutGrid,
  Plus,
  Redo2,
  TriangleAlert,
  Undo2,
} from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "@/app/_ui/button";
import { cn } from "@/app/_ui/cn";

export type ToolbarList = "changes" | "problems";

interface Props {
  canUndo: boolean;
  canRedo: boolean;
  canPublish: boolean;
  changes: number;
  problems: number;
  open: ToolbarList | null;
  onToggle: (list: ToolbarList) => void;
  onUndo: () => void;
  onRedo: () => void;
  onAdd: () => void;
  onArrange: () => void;
  onTest: () => void;
  onVersions: () => void;
  onPublish: () => void;
}

export function Toolbar(props: Props) {
  const t = useTranslations("botEditor");
  const { canUndo, canRedo, canPublish, changes, problems, open, onToggle } = props;
  return (
    <div role="toolbar" aria-label={t("toolbar")} className="flex flex-wrap items-center gap-2">
      <Button onClick={props.onAdd} look="quiet">
        <Plus className="size-4" aria-hidden="true" />
        {t("addNode")}
      </Button>
      <span className="flex">
        <IconButton label={t("undo")} isDisabled={!canUndo} onClick={props.onUndo} icon={Undo2} />
        <IconButton label={t("redo")} isDisabled={!canRedo} onClick={props.onRedo} icon={Redo2} />
        <IconButton label={t("arrange")} isDisabled={false} onClick={props.onArrange} icon={LayoutGrid} />
      </span>
      <span className="flex flex-wrap gap-2 sm:ml-auto">
        <ListToggle
          isOpen={open === "problems"}
          isBad={problems > 0}
          label={problems > 0 ? t("problems", { count: problems }) : t("noProblems")}
          onClick={() => onToggle("problems")}
        />
        <ListToggle
          isOpen={open === "changes"}
          isBad={false}
          label={changes > 0 ? t("changes", { count: changes }) : t("noChanges")}
          onClick={() => onToggle("changes")}
        />
      </span>
      <span className="flex flex-wrap gap-2">
        <Button look="plain" onClick={props.onTest}>
          <FlaskConical className="size-4" aria-hidden="true" />
          {t("test.action")}
        </Button>
        <Button look="plain" onClick={props.onVersions}>
          <HistoryIcon className="size-4" aria-hidden="true" />
          {t("versions.action")}
        </Button>
        <Button aria-disabled={!canPublish} onClick={props.onPublish}>
          {t("publish.action")}
        </Button>
      </span>
    </div>
  );
}

interface IconButtonProps {
  label: string;
  isDisabled: boolean;
  onClick: () => void;
  icon: typeof Undo2;
}

/** Stays focusable when it can do nothing, so that the focus is not lost at the last step. */
function IconButton({ label, isDisabled, onClick, icon: Icon }: IconButtonProps) {
  return (
    <Button
      look="plain"
      size="icon"
      aria-label={label}
      title={label}
      aria-disabled={isDisabled}
      onClick={() => (isDisabled ? undefined : onClick())}
    >
      <Icon className="size-4" aria-hidden="true" />
    </Button>
  );
}

interface ListToggleProps {
  isOpen: boolean;
  isBad: boolean;
  label: string;
  onClick: () => void;
}

function ListToggle({ isOpen, isBad, label, onClick }: ListToggleProps) {
  return (
    <button
      type="button"
      aria-expanded={isOpen}
      onClick={onClick}
      className={cn(
        "inline-flex min-h-11 items-center gap-2 rounded-full border px-4 text-sm font-medium",
        isBad ? "border-danger/60 text-danger" : "border-line text-muted",
        isOpen ? "bg-ink/8" : "hover:border-line-strong hover:text-ink",
      )}
    >
      {isBad ? <TriangleAlert className="size-4" aria-hidden="true" /> : null}
      <span aria-live="polite">{label}</span>
    </button>
  );
}
