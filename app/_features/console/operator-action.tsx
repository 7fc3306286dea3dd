"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { type FormEvent, useId, useState, useTransition } from "react";
import { callApi } from "@/app/_data/call-api";
import type { ApiFailure } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { Dialog } from "@/app/_ui/dialog";
import { FailureNote } from "@/app/_ui/failure-note";
import { MAX_REASON_LENGTH } from "@/lib/schemas/reason-length";

/** What the response counts; its number is shown. `done`: nothing. */
export type OperatorResult = "lifted" | "ended" | "deleted" | "done";

interface Props {
  path: `/api/admin/${string}`;
  /** What the request says beside the reason. */
  body?: Readonly<Record<string, string | number>>;
  /** A further field of the request, which the operator fills in. */
  field?: { name: string; label: string; hint?: string; initial?: string; numeric?: boolean };
  /** Of the button that opens the dialog. */
  label: string;
  /** With the name of what it is about, where a page has several of them. */
  labelledFor?: string;
  title: string;
  /** What it does and what cannot be undone. */
  text: string;
  confirm: string;
  result?: OperatorResult;
  look?: "quiet" | "plain" | "danger" | "primary";
  size?: "small" | "normal";
}

/** A button of the console that changes something: a dialog says what, asks why, and calls one route. */
export function OperatorAction({
  label,
  labelledFor,
  title,
  look = "quiet",
  size = "normal",
  ...action
}: Props) {
  const t = useTranslations("operatorAction");
  const [isOpen, setOpen] = useState(false);
  const [count, setCount] = useState<number | null>(null);
  const [refreshing, startRefresh] = useTransition();
  const router = useRouter();
  const { result = "done" } = action;
  return (
    <div className="flex max-w-full flex-col items-start gap-1">
      <Button
        look={look}
        size={size}
        aria-label={labelledFor}
        aria-haspopup="dialog"
        onClick={() => {
          setCount(null);
          setOpen(true);
        }}
      >
        {label}
      </Button>
      <p role="status" className="text-sm text-muted empty:hidden">
        {count !== null && !refreshing ? t(`results.${result}`, { count }) : null}
      </p>
      {isOpen ? (
        <Dialog title={title} onClose={() => setOpen(false)}>
          {(close) => (
            <ActionForm
              {...action}
              look={look}
              close={close}
              onDone={(number) => {
                setCount(number);
                close();
                startRefresh(() => router.refresh());
              }}
            />
          )}
        </Dialog>
      ) : null}
    </div>
  );
}

type FormProps = Pick<Props, "path" | "body" | "field" | "text" | "confirm" | "result" | "look"> & {
  close: () => void;
  onDone: (count: number) => void;
};

function ActionForm({ path, body, field, text, confirm, result = "done", look, close, onDone }: FormProps) {
  const t = useTranslations("operatorAction");
  const [reason, setReason] = useState("");
  const [value, setValue] = useState(field?.initial ?? "");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setFailure(null);
    const typed = field ? { [field.name]: value.trim() } : {};
    const response = await callApi<Record<string, unknown>>(path, {
      method: "POST",
      body: { ...body, ...typed, reason },
    });
    setBusy(false);
    if (!response.ok) return setFailure(response.failure);
    onDone(Number(response.data[result] ?? 0));
  };

  return (
    <form
      onSubmit={(event) => void submit(event)}
      className="flex min-h-0 flex-col gap-4 overflow-y-auto p-1"
    >
      <p className="text-muted [overflow-wrap:anywhere]">{text}</p>
      {field ? (
        <TextField
          label={field.label}
          hint={field.hint}
          value={value}
          onChange={setValue}
          inputMode={field.numeric ? "numeric" : undefined}
        />
      ) : null}
      <TextField
        label={t("reason")}
        hint={t("reasonHint")}
        value={reason}
        onChange={setReason}
        maxLength={MAX_REASON_LENGTH}
      />
      {failure ? <FailureNote failure={failure} /> : null}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" look={look === "danger" ? "danger" : "primary"} aria-disabled={busy}>
          <span aria-live="polite">{busy ? t("working") : confirm}</span>
        </Button>
        <Button look="plain" onClick={close}>
          {t("cancel")}
        </Button>
      </div>
    </form>
  );
}

interface TextFieldProps {
  label: string;
  hint: string | undefined;
  value: string;
  onChange: (value: string) => void;
  maxLength?: number;
  inputMode?: "numeric" | undefined;
}

function TextField({ label, hint, value, onChange, maxLength, inputMode }: TextFieldProps) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="text-sm font-semibold">
        {label}
      </label>
      <input
        id={id}
        required
        value={value}
        maxLength={maxLength}
        inputMode={inputMode}
        autoComplete="off"
        dir={value === "" ? undefined : "auto"}
        data-initial-focus=""
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(event) => onChange(event.target.value)}
        className="h-12 w-full rounded-xl border border-line-strong bg-ground/70 px-4 text-ink hover:border-muted focus:border-ink"
      />
      {hint ? (
        <p id={`${id}-hint`} className="text-xs text-faint">
          {hint}
        </p>
      ) : null}
    </div>
  );
}
