import { useTranslations } from "next-intl";
import { useState } from "react";
import type { ApiFailure } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { Dialog } from "@/app/_ui/dialog";
import { FailureNote } from "@/app/_ui/failure-note";
import { RelativeTime } from "@/app/_ui/relative-time";
import type { VersionDefinition, Workflow } from "@/lib/schemas/bot-console";
import { compareDefinitions } from "../difference";
import { DifferenceList } from "../difference-list";
import type { WorkflowEditorState } from "../use-workflow-editor";

interface Props {
  workflow: Workflow;
  api: WorkflowEditorState["api"];
  onRollBack: (number: number) => Promise<ApiFailure | null>;
  onClose: () => void;
}

/** The published versions; an earlier one is compared with the current one before it is published again. */
export function VersionsDialog({ workflow, api, onRollBack, onClose }: Props) {
  const t = useTranslations("botEditor.versions");
  const common = useTranslations("bots");
  const [chosen, setChosen] = useState<VersionDefinition | null>(null);
  const [loading, setLoading] = useState<number | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [openedAt] = useState(() => Date.now());

  const choose = async (number: number) => {
    setLoading(number);
    setFailure(null);
    const result = await api.readVersion(number);
    setLoading(null);
    if (result.ok) setChosen(result.data.version);
    else setFailure(result.failure);
  };
  const rollBack = async (number: number, close: () => void) => {
    if (isBusy) return;
    setBusy(true);
    const refusal = await onRollBack(number);
    setBusy(false);
    if (refusal) setFailure(refusal);
    else close();
  };

  return (
    <Dialog
      title={chosen ? t("confirmTitle", { number: chosen.number }) : t("title")}
      onClose={onClose}
      className="w-[min(36rem,calc(100vw-1.5rem))]"
    >
      {(close) =>
        chosen ? (
          <>
            <p className="text-sm text-muted">
              {t("text")} {workflow.draft ? t("draftStays") : null}
            </p>
            <div className="mt-4 min-h-0 overflow-y-auto">
              <DifferenceList
                difference={compareDefinitions(workflow.definition, chosen.definition)}
                start={chosen.definition.start}
              />
            </div>
            {failure ? <FailureNote failure={failure} className="mt-4" /> : null}
            <div className="mt-5 flex flex-wrap gap-2">
              <Button aria-disabled={isBusy} onClick={() => void rollBack(chosen.number, close)}>
                <span aria-live="polite">{isBusy ? t("busy") : t("confirm")}</span>
              </Button>
              <Button look="plain" onClick={() => setChosen(null)}>
                {common("cancel")}
              </Button>
            </div>
          </>
        ) : (
          <>
            <p className="text-sm text-muted">{workflow.versions.length === 0 ? t("none") : t("text")}</p>
            {failure ? <FailureNote failure={failure} className="mt-4" /> : null}
            <ol className="mt-3 min-h-0 overflow-y-auto">
              {workflow.versions.map(({ number, createdAt, sourceNumber }) => (
                <li
                  key={number}
                  className="flex min-h-14 items-center justify-between gap-3 border-b border-line py-1.5"
                >
                  <span>
                    <span className="font-semibold">{t("number", { number })}</span>
                    {sourceNumber === null ? null : (
                      <span className="text-sm text-muted"> {t("from", { number: sourceNumber })}</span>
                    )}
                    <RelativeTime at={createdAt} renderedAt={openedAt} className="block text-xs text-faint" />
                  </span>
                  {number === workflow.publishedNumber ? (
                    <span className="rounded-full bg-ink/8 px-3 py-1 text-xs font-semibold">
                      {t("current")}
                    </span>
                  ) : (
                    <Button
                      look="quiet"
                      size="small"
                      aria-label={t("rollbackTo", { number })}
                      onClick={() => void choose(number)}
                      className="min-h-11"
                    >
                      {loading === number ? t("loading") : t("rollback")}
                    </Button>
                  )}
                </li>
              ))}
            </ol>
          </>
        )
      }
    </Dialog>
  );
}
