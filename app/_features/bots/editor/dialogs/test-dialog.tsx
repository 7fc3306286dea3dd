import { useTranslations } from "next-intl";
import { useState } from "react";
import type { ApiFailure } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { Dialog } from "@/app/_ui/dialog";
import { FailureNote } from "@/app/_ui/failure-note";
import { Link } from "@/app/_ui/link";
import type { ExecutionSummary } from "@/lib/schemas/bot-executions";
import type { WorkflowEditorState } from "../use-workflow-editor";

interface Props {
  botId: string;
  chatUrl: string;
  onStart: () => ReturnType<WorkflowEditorState["startTest"]>;
  onClose: () => void;
}

/** Runs the draft with the editor's own Telegram, or the local phone. */
export function TestDialog({ botId, chatUrl, onStart, onClose }: Props) {
  const t = useTranslations("botEditor.test");
  const bots = useTranslations("bots");
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [started, setStarted] = useState<ExecutionSummary | null>(null);
  const start = async () => {
    if (isBusy) return;
    setBusy(true);
    setFailure(null);
    const result = await onStart();
    setBusy(false);
    if (result?.ok) setStarted(result.data.execution);
    else setFailure(result?.failure ?? null);
  };
  return (
    <Dialog title={t("title")} onClose={onClose}>
      {() => (
        <>
          <p className="text-muted">{t("text")}</p>
          {failure ? <FailureNote failure={failure} className="mt-4" /> : null}
          <p role="status" className="mt-3 min-h-6 text-sm">
            {started ? (
              <>
                {t("done")}{" "}
                <Link href={`/bots/${botId}/runs/${started.id}`} className="underline underline-offset-4">
                  {t("toRun")}
                </Link>
              </>
            ) : null}
          </p>
          <div className="mt-3 flex flex-wrap gap-2">
            <Button aria-disabled={isBusy} onClick={() => void start()}>
              {isBusy ? t("busy") : t("start")}
            </Button>
            <Button asChild look="quiet">
              <a href={chatUrl} target="_blank" rel="noopener noreferrer">
                {bots("chat")}
              </a>
            </Button>
            <Button asChild look="plain">
              <Link href="/me/devices#telegram">{t("linkHint")}</Link>
            </Button>
          </div>
        </>
      )}
    </Dialog>
  );
}
