import { useTranslations } from "next-intl";
import { Button } from "@/app/_ui/button";
import type { WorkflowEditorState } from "./use-workflow-editor";

/** Which version is published, and whether the draft is safe. */
export function WorkflowStatus({
  editor,
  onDiscard,
}: {
  editor: WorkflowEditorState;
  onDiscard: () => void;
}) {
  const t = useTranslations("botEditor");
  const { workflow, saving } = editor;
  const older = workflow.waiting
    .filter(({ number }) => number !== workflow.publishedNumber)
    .reduce((total, { count }) => total + count, 0);
  const gone = workflow.waiting.filter(({ nodeId }) => !Object.hasOwn(editor.definition.nodes, nodeId));
  const state = saving.isSaving
    ? t("draft.saving")
    : saving.isDirty
      ? t("draft.unsaved")
      : workflow.draft
        ? t("draft.saved")
        : null;
  return (
    <div className="flex flex-wrap items-center gap-x-5 gap-y-1 text-sm text-muted">
      <span role="status">
        {workflow.publishedNumber === null
          ? t("draft.never")
          : t("draft.published", { number: workflow.publishedNumber })}
      </span>
      {state ? <span>{state}</span> : null}
      {older > 0 ? <span>{t("older", { count: older })}</span> : null}
      {gone.length > 0 ? (
        <span>{t("gone", { nodes: [...new Set(gone.map(({ nodeId }) => nodeId))].join(", ") })}</span>
      ) : null}
      {workflow.isWaitingCapped ? <span>{t("capped")}</span> : null}
      {workflow.draft && workflow.publishedNumber !== null ? (
        <Button look="plain" size="small" onClick={onDiscard} className="min-h-11">
          {t("draft.discard")}
        </Button>
      ) : null}
    </div>
  );
}
