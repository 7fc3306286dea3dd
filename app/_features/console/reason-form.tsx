"use client";

import { useTranslations } from "next-intl";
import { type ReactNode, useId, useState } from "react";
import type { ApiFailure } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { cn } from "@/app/_ui/cn";
import { FailureNote } from "@/app/_ui/failure-note";
import { MAX_REASON_LENGTH } from "@/lib/schemas/reason-length";

export const TEXT_AREA =
  "mt-1 min-h-20 w-full rounded-2xl border border-line-strong bg-ground/70 px-4 py-3 text-ink placeholder:text-faint hover:border-muted focus:border-ink";
export const TEXT_INPUT =
  "mt-1 h-12 w-full min-w-0 rounded-xl border border-line-strong bg-ground/70 px-4 text-base font-normal text-ink hover:border-muted focus:border-ink";

export interface ReasonFormProps {
  /** Its accessible name. */
  label: string;
  /** What happens, and what cannot be undone. */
  effect: ReactNode;
  /** Of the button that does it. */
  confirm: string;
  look?: "primary" | "quiet" | "danger";
  /** Does it with the reason. @returns the failure, which is shown with everything kept; null when it is done */
  act: (reason: string, form: FormData) => Promise<ApiFailure | null>;
  /** Of further fields, which show their own errors. */
  isValid?: (form: FormData) => boolean;
  onCancel?: () => void;
  /** Only the button stands still: there is nothing to do, or the page is being refreshed. */
  disabled?: boolean;
  /** The click asked for the form; false where it is always there. */
  takesFocus?: boolean;
  /** In place of *Cancel* while it is being done. */
  whileBusy?: ReactNode;
  /** Further fields, before the reason. */
  children?: ReactNode;
  className?: string;
}

/** The one form in which an operator says why: in place, in a dialog, or below a preview. */
export function ReasonForm({
  label,
  effect,
  confirm,
  look = "primary",
  act,
  isValid,
  onCancel,
  disabled = false,
  takesFocus = true,
  whileBusy,
  children,
  className,
}: ReasonFormProps) {
  const t = useTranslations("operatorAction");
  const reasonId = useId();
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);

  const submit = async (form: FormData) => {
    if (isBusy || disabled || isValid?.(form) === false) return;
    setBusy(true);
    setFailure(null);
    setFailure(await act(String(form.get("reason")), form));
    setBusy(false);
  };

  return (
    <form
      aria-label={label}
      className={cn("flex min-h-0 flex-col", className)}
      onSubmit={(event) => {
        event.preventDefault();
        void submit(new FormData(event.currentTarget));
      }}
    >
      <div className="text-sm text-muted [overflow-wrap:anywhere]">{effect}</div>
      {children}
      <label htmlFor={reasonId} className="mt-3 block text-sm font-semibold">
        {t("reason")}
      </label>
      <textarea
        id={reasonId}
        name="reason"
        required
        maxLength={MAX_REASON_LENGTH}
        rows={2}
        autoComplete="off"
        data-initial-focus={takesFocus ? "" : undefined}
        // biome-ignore lint/a11y/noAutofocus: the click asked for the form
        autoFocus={takesFocus}
        className={TEXT_AREA}
      />
      <div className="mt-4 flex flex-wrap gap-2">
        <Button type="submit" look={look === "quiet" ? "primary" : look} aria-disabled={isBusy || disabled}>
          <span aria-live="polite">{isBusy ? t("working") : confirm}</span>
        </Button>
        {isBusy && whileBusy ? whileBusy : null}
        {onCancel && !(isBusy && whileBusy) ? (
          <Button look="plain" onClick={onCancel}>
            {t("cancel")}
          </Button>
        ) : null}
      </div>
      {failure ? <FailureNote failure={failure} className="mt-4" /> : null}
    </form>
  );
}
