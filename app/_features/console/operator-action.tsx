"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useId, useState, useTransition } from "react";
import { callApi } from "@/app/_data/call-api";
import { Button } from "@/app/_ui/button";
import { Dialog } from "@/app/_ui/dialog";
import { ReasonForm, TEXT_INPUT } from "./reason-form";

/** What the response counts; its number is shown. `done`: nothing. */
export type OperatorResult = "lifted" | "ended" | "deleted" | "syncedPosts" | "done";

interface Field {
  name: string;
  label: string;
  hint?: string;
  initial?: string;
  numeric?: boolean;
}

interface Props {
  path: `/api/admin/${string}`;
  /** What the request says beside the reason. */
  body?: Readonly<Record<string, string | number>>;
  /** A further field of the request, which the operator fills in. */
  field?: Field;
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
  size?: "small" | "normal" | "large";
}

/** A button of the console that changes something: a dialog says what, asks why, and calls one route. */
export function OperatorAction({
  path,
  body,
  field,
  label,
  labelledFor,
  title,
  text,
  confirm,
  result = "done",
  look = "quiet",
  size = "normal",
}: Props) {
  const t = useTranslations("operatorAction");
  const [isOpen, setOpen] = useState(false);
  const [count, setCount] = useState<number | null>(null);
  const [refreshing, startRefresh] = useTransition();
  const router = useRouter();
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
            <ReasonForm
              label={title}
              effect={text}
              confirm={confirm}
              look={look === "danger" ? "danger" : "primary"}
              onCancel={close}
              className="overflow-y-auto p-1"
              act={async (reason, form) => {
                const typed = field ? { [field.name]: String(form.get(field.name)).trim() } : {};
                const response = await callApi<Record<string, unknown>>(path, {
                  method: "POST",
                  body: { ...body, ...typed, reason },
                });
                if (!response.ok) return response.failure;
                setCount(Number(response.data[result] ?? 0));
                close();
                startRefresh(() => router.refresh());
                return null;
              }}
            >
              {field ? <ActionField {...field} /> : null}
            </ReasonForm>
          )}
        </Dialog>
      ) : null}
    </div>
  );
}

function ActionField({ name, label, hint, initial = "", numeric = false }: Field) {
  const id = useId();
  return (
    <div className="mt-3">
      <label htmlFor={id} className="text-sm font-semibold">
        {label}
      </label>
      <input
        id={id}
        name={name}
        required
        defaultValue={initial}
        inputMode={numeric ? "numeric" : undefined}
        autoComplete="off"
        data-initial-focus=""
        aria-describedby={hint ? `${id}-hint` : undefined}
        className={TEXT_INPUT}
      />
      {hint ? (
        <p id={`${id}-hint`} className="mt-1 text-xs text-faint">
          {hint}
        </p>
      ) : null}
    </div>
  );
}
