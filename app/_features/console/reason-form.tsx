"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { type ReactNode, useId, useRef, useState, useTransition } from "react";
import { callApi } from "@/app/_data/call-api";
import type { ApiFailure } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";
import { MAX_REASON_LENGTH } from "@/lib/schemas/reason-length";

export const REASON_FIELD =
  "mt-1 min-h-20 w-full rounded-2xl border border-line-strong bg-ground/70 px-4 py-3 text-ink placeholder:text-faint hover:border-muted focus:border-ink";

interface Props {
  path: `/api/${string}`;
  /** Of the button that opens the form, and of the form. */
  label: string;
  /** What happens, before it is confirmed. */
  effect: string;
  look?: "primary" | "quiet" | "danger";
  /** Sent beside the reason. @returns null when the fields are not valid */
  readFields?: (form: FormData) => Record<string, unknown> | null;
  /** Further fields. */
  children?: ReactNode;
}

/** An operator's action that needs a reason: opens in place, says what happens, and refreshes the page afterwards. */
export function ReasonForm({ path, label, effect, look = "quiet", readFields, children }: Props) {
  const t = useTranslations("taskActions");
  const router = useRouter();
  const reasonId = useId();
  const openButton = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const [isSending, setSending] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [refreshing, startRefresh] = useTransition();
  const busy = isSending || refreshing;

  const close = () => {
    setOpen(false);
    setFailure(null);
    openButton.current?.focus();
  };

  const submit = async (form: FormData) => {
    const fields = readFields ? readFields(form) : {};
    if (busy || fields === null) return;
    setSending(true);
    setFailure(null);
    const result = await callApi(path, { method: "POST", body: { ...fields, reason: form.get("reason") } });
    setSending(false);
    if (!result.ok) return setFailure(result.failure);
    setOpen(false);
    startRefresh(() => router.refresh());
  };

  return (
    <>
      <Button
        ref={openButton}
        look={look}
        aria-expanded={isOpen}
        aria-disabled={refreshing}
        onClick={() => (isOpen ? close() : setOpen(true))}
      >
        {label}
      </Button>
      {isOpen ? (
        <form
          aria-label={label}
          className="animate-settle w-full max-w-xl basis-full rounded-2xl border border-line bg-raised/70 p-5"
          onSubmit={(event) => {
            event.preventDefault();
            void submit(new FormData(event.currentTarget));
          }}
        >
          <p className="text-sm text-muted [overflow-wrap:anywhere]">{effect}</p>
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
            // biome-ignore lint/a11y/noAutofocus: the click asked for the form
            autoFocus
            className={REASON_FIELD}
          />
          <div className="mt-4 flex flex-wrap gap-2">
            <Button type="submit" look={look === "quiet" ? "primary" : look} aria-disabled={busy}>
              <span aria-live="polite">{busy ? t("sending") : label}</span>
            </Button>
            <Button look="plain" onClick={close}>
              {t("leave")}
            </Button>
          </div>
          {failure ? <FailureNote failure={failure} className="mt-4" /> : null}
        </form>
      ) : null}
    </>
  );
}
