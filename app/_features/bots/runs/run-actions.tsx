import { useTranslations } from "next-intl";
import { type FormEvent, useId, useState } from "react";
import type { ApiFailure } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { Dialog } from "@/app/_ui/dialog";
import { FailureNote } from "@/app/_ui/failure-note";
import type { ExecutionSummary, OperatorReason } from "@/lib/schemas/bot-executions";
import { executionApi } from "../bots-api";
import { MoveTarget } from "./move-target";

type Action = "resume" | "cancel" | "move";

/** In the order of `operatorReasons`, which its schema has. */
const REASONS = [
  "person_asked",
  "stuck",
  "mistake",
  "testing",
  "other",
] as const satisfies readonly OperatorReason[];

interface Props {
  botId: string;
  execution: ExecutionSummary;
  versionNumbers: readonly number[];
  /** Reads the run again. */
  onChanged: () => Promise<ApiFailure | null>;
}

/** What an operator can do with a person's run; each needs a reason. */
export function RunActions({ botId, execution, versionNumbers, onChanged }: Props) {
  const t = useTranslations("botRuns.actions");
  const [open, setOpen] = useState<Action | null>(null);
  const { state } = execution;
  const isUnfinished = state === "running" || state === "waiting";
  const actions: Action[] = isUnfinished
    ? ["resume", "move", "cancel"]
    : state === "failed"
      ? ["resume", "move"]
      : [];
  return (
    <section aria-labelledby="actions" className="rounded-3xl border border-line bg-raised/60 p-5">
      <h2 id="actions" className="text-lg font-semibold">
        {t("title")}
      </h2>
      <p className="mt-1 text-sm text-muted">{t(actions.length === 0 ? "ended" : "text")}</p>
      {actions.length === 0 ? null : (
        <div className="mt-4 flex flex-wrap gap-2">
          {actions.map((action) => (
            <Button
              key={action}
              look={action === "cancel" ? "danger" : "quiet"}
              onClick={() => setOpen(action)}
            >
              {t(action)}
            </Button>
          ))}
        </div>
      )}
      {open ? (
        <ActionDialog
          {...{ botId, execution, versionNumbers, onChanged }}
          action={open}
          onClose={() => setOpen(null)}
        />
      ) : null}
    </section>
  );
}

function ActionDialog({
  botId,
  execution,
  versionNumbers,
  action,
  onChanged,
  onClose,
}: Props & { action: Action; onClose: () => void }) {
  const t = useTranslations("botRuns");
  const common = useTranslations("bots");
  const radioGroup = useId();
  const [reason, setReason] = useState<OperatorReason>("person_asked");
  const [target, setTarget] = useState({ versionNumber: versionNumbers[0] ?? 1, nodeId: "" });
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const api = executionApi(botId, execution.id);

  const submit = async (event: FormEvent, close: () => void) => {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    setFailure(null);
    const body = { reason, stepNo: execution.stepNo };
    const { versionNumber, nodeId } = target;
    const result =
      action === "move"
        ? await api.move({ ...body, versionNumber, ...(nodeId === "" ? {} : { nodeId }) })
        : await api[action](body);
    // Also when it was refused because the run has gone on.
    await onChanged();
    setBusy(false);
    if (result.ok) close();
    else setFailure(result.failure);
  };

  return (
    <Dialog title={t(`actions.${action}`)} onClose={onClose}>
      {(close) => (
        <form
          onSubmit={(event) => void submit(event, close)}
          className="flex min-h-0 flex-col gap-4 overflow-y-auto"
        >
          <p className="text-muted">{t(`actions.${action}Text`)}</p>
          {action === "move" ? (
            <MoveTarget
              botId={botId}
              execution={execution}
              versionNumbers={versionNumbers}
              target={target}
              onChange={setTarget}
            />
          ) : null}
          <fieldset className="flex flex-col">
            <legend className="mb-1 text-sm font-semibold">{t("reason")}</legend>
            {REASONS.map((option) => (
              <label key={option} className="flex min-h-11 cursor-pointer items-center gap-3">
                <input
                  type="radio"
                  name={radioGroup}
                  value={option}
                  checked={option === reason}
                  onChange={() => setReason(option)}
                  className="size-5 accent-current"
                />
                {t(`reasons.${option}`)}
              </label>
            ))}
          </fieldset>
          {failure ? <FailureNote failure={failure} /> : null}
          <div className="flex flex-wrap gap-2">
            <Button type="submit" look={action === "cancel" ? "danger" : "primary"} aria-disabled={isBusy}>
              <span aria-live="polite">{t(isBusy ? "actions.busy" : "actions.confirm")}</span>
            </Button>
            <Button look="plain" onClick={close}>
              {common("cancel")}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
