import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Button } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";
import { isolate } from "@/lib/schemas/isolate";
import { compareDefinitions } from "./difference";
import { contentOf, type WorkflowEditorState } from "./use-workflow-editor";

interface Props {
  editor: WorkflowEditorState;
  /** The draft of the server could not be drawn. */
  isBroken: boolean;
}

/** What stands between the draft and its publication and is not a problem of the definition. */
export function EditorNotes({ editor, isBroken }: Props) {
  const t = useTranslations("botEditor");
  const { workflow, conflict, saving, publishedMeanwhile, definition } = editor;
  const { draft, publishedNumber } = workflow;
  const isBehind = draft !== null && draft.baseNumber !== publishedNumber && publishedNumber !== null;
  return (
    <>
      {conflict ? (
        <Note title={t("conflict.title")}>
          <p>{t("conflict.text")}</p>
          <p className="mt-1">
            {t("conflict.count", {
              count: compareDefinitions(contentOf(conflict).definition, definition).nodes.length,
            })}
          </p>
          <div className="mt-3 flex flex-wrap gap-x-6 gap-y-3">
            <span>
              <Button look="quiet" onClick={() => editor.adopt(conflict)}>
                {t("conflict.theirs")}
              </Button>
              <span className="mt-1 block text-xs">{t("conflict.theirsHint")}</span>
            </span>
            <span>
              <Button look="quiet" onClick={editor.keepMine}>
                {t("conflict.mine")}
              </Button>
              <span className="mt-1 block text-xs">{t("conflict.mineHint")}</span>
            </span>
          </div>
        </Note>
      ) : null}
      {publishedMeanwhile && publishedNumber !== null ? (
        <Note title={t("conflict.publishedTitle", { number: publishedNumber })}>
          <p>{t("conflict.publishedText")}</p>
        </Note>
      ) : isBehind ? (
        <Note title={t("difference.title")}>
          <p>{t("draft.base", { base: draft.baseNumber ?? 0, number: publishedNumber })}</p>
        </Note>
      ) : null}
      {isBroken ? (
        <Note title={isolate(workflow.key)}>
          <p>{t("draft.broken")}</p>
        </Note>
      ) : null}
      {saving.failure ? (
        <div className="flex flex-col items-start gap-3">
          <FailureNote failure={saving.failure} />
          <Button look="quiet" onClick={() => void saving.flush()}>
            {t("draft.retry")}
          </Button>
        </div>
      ) : null}
    </>
  );
}

function Note({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section
      role="alert"
      className="rounded-2xl border border-money/60 bg-raised p-4 text-sm text-muted sm:p-5"
    >
      <p className="mb-1 text-base font-semibold text-ink">{title}</p>
      {children}
    </section>
  );
}
