"use client";

import { useTranslations } from "next-intl";
import { type FormEvent, useId, useState } from "react";
import { callApi } from "@/app/_data/call-api";
import type { ApiFailure } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { Dialog } from "@/app/_ui/dialog";
import { FailureNote } from "@/app/_ui/failure-note";
import { ReportReason, type ReportTarget } from "@/lib/schemas/enums";

/** As in the schema of lib/schemas/report.ts, which would bring zod into the page. */
const MAX_REPORT_LENGTH = 1_000;

export interface Reported {
  target: ReportTarget;
  targetId: string;
}

/** Asks what is wrong with something and reports it; says that it has arrived. */
export function ReportDialog({ reported, onClose }: { reported: Reported; onClose: () => void }) {
  const t = useTranslations("report");
  const [isSent, setIsSent] = useState(false);
  return (
    <Dialog title={t(`title.${reported.target}`)} onClose={onClose}>
      {(close) =>
        isSent ? (
          <div role="status" className="flex flex-col items-start gap-4">
            <p className="text-muted">{t("sent")}</p>
            <Button look="quiet" onClick={close}>
              {t("close")}
            </Button>
          </div>
        ) : (
          <ReportForm reported={reported} onSent={() => setIsSent(true)} />
        )
      }
    </Dialog>
  );
}

function ReportForm({ reported, onSent }: { reported: Reported; onSent: () => void }) {
  const t = useTranslations("report");
  const textId = useId();
  const [reason, setReason] = useState<ReportReason>("spam");
  const [text, setText] = useState("");
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isBusy) return;
    setIsBusy(true);
    setFailure(null);
    const result = await callApi("/api/reports", { method: "POST", body: { ...reported, reason, text } });
    setIsBusy(false);
    if (result.ok) onSent();
    else setFailure(result.failure);
  };
  return (
    <form
      onSubmit={(event) => void submit(event)}
      className="flex min-h-0 flex-col gap-4 overflow-y-auto p-1"
    >
      <fieldset>
        <legend className="mb-1 text-sm font-semibold">{t("reason")}</legend>
        {Object.values(ReportReason).map((option) => (
          <label key={option} className="flex min-h-11 cursor-pointer items-center gap-3">
            <input
              type="radio"
              name="reason"
              value={option}
              checked={reason === option}
              onChange={() => setReason(option)}
              data-initial-focus={option === "spam" ? "" : undefined}
              className="size-5 shrink-0 accent-[var(--mark)]"
            />
            <span className="text-[0.9375rem]">{t(`reasons.${option}`)}</span>
          </label>
        ))}
      </fieldset>
      <div className="flex flex-col gap-1.5">
        <label htmlFor={textId} className="text-sm font-semibold">
          {t(reason === "other" ? "text" : "optionalText")}
        </label>
        <textarea
          id={textId}
          rows={3}
          value={text}
          required={reason === "other"}
          maxLength={MAX_REPORT_LENGTH}
          dir={text === "" ? undefined : "auto"}
          onChange={(event) => setText(event.target.value)}
          className="w-full rounded-xl border border-line-strong bg-ground/70 px-4 py-3 text-ink hover:border-muted focus:border-ink"
        />
      </div>
      {failure ? <FailureNote failure={failure} /> : null}
      <Button type="submit" aria-disabled={isBusy} className="self-start">
        <span aria-live="polite">{t(isBusy ? "sending" : "send")}</span>
      </Button>
    </form>
  );
}
