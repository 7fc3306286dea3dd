import { useTranslations } from "next-intl";
import { ConfirmDialog } from "@/app/_ui/confirm-dialog";
import type { Bot } from "@/lib/schemas/bot-console";
import { isolate } from "@/lib/schemas/isolate";
import type { NodeKind } from "@/lib/schemas/workflow";
import { AddNodeDialog } from "./dialogs/add-node-dialog";
import { TestDialog } from "./dialogs/test-dialog";
import { VersionsDialog } from "./dialogs/versions-dialog";
import type { Difference } from "./difference";
import { DifferenceList } from "./difference-list";
import type { WorkflowEditorState } from "./use-workflow-editor";

export type EditorDialog =
  | { kind: "add"; from: { id: string; field: string } | null }
  | { kind: "publish" | "versions" | "test" | "discard" };

interface Props {
  dialog: EditorDialog | null;
  editor: WorkflowEditorState;
  bot: Bot;
  chatUrl: string;
  difference: Difference;
  isCommandChanged: boolean;
  onAdd: (kind: NodeKind, from: { id: string; field: string } | null) => void;
  onClose: () => void;
}

export function EditorDialogs({
  dialog,
  editor,
  bot,
  chatUrl,
  difference,
  isCommandChanged,
  onAdd,
  onClose,
}: Props) {
  const t = useTranslations("botEditor");
  const { workflow } = editor;
  switch (dialog?.kind) {
    case "add":
      return (
        <AddNodeDialog
          afterId={dialog.from?.id ?? null}
          isAdministrators={bot.isAdministrators}
          onAdd={(kind) => onAdd(kind, dialog.from)}
          onClose={onClose}
        />
      );
    case "publish":
      return (
        <ConfirmDialog
          title={t("publish.title", { key: isolate(workflow.key) })}
          text={t("publish.text")}
          confirmLabel={t("publish.confirm")}
          busyLabel={t("publish.busy")}
          onConfirm={editor.publish}
          onClose={onClose}
        >
          <DifferenceList
            difference={difference}
            start={editor.definition.start}
            {...(isCommandChanged ? { command: editor.command } : {})}
          />
        </ConfirmDialog>
      );
    case "discard":
      return (
        <ConfirmDialog
          title={t("draft.discardTitle")}
          text={t("draft.discardText")}
          confirmLabel={t("draft.discardConfirm")}
          busyLabel={t("draft.discarding")}
          look="danger"
          onConfirm={editor.discard}
          onClose={onClose}
        />
      );
    case "versions":
      return (
        <VersionsDialog workflow={workflow} api={editor.api} onRollBack={editor.rollBack} onClose={onClose} />
      );
    case "test":
      return <TestDialog botId={bot.id} chatUrl={chatUrl} onStart={editor.startTest} onClose={onClose} />;
    default:
      return null;
  }
}
