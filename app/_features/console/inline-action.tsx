"use client";

import { useRouter } from "next/navigation";
import { type ReactNode, useRef, useState, useTransition } from "react";
import { callApi } from "@/app/_data/call-api";
import { Button } from "@/app/_ui/button";
import { ReasonForm } from "./reason-form";

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

/** An operator's action that opens in place, says what happens, asks why, and refreshes the page afterwards. */
export function InlineAction({ path, label, effect, look = "quiet", readFields, children }: Props) {
  const router = useRouter();
  const openButton = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const [refreshing, startRefresh] = useTransition();

  const close = () => {
    setOpen(false);
    openButton.current?.focus();
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
        <ReasonForm
          label={label}
          effect={effect}
          confirm={label}
          look={look}
          isValid={(form) => readFields?.(form) !== null}
          act={async (reason, form) => {
            const result = await callApi(path, { method: "POST", body: { ...readFields?.(form), reason } });
            if (!result.ok) return result.failure;
            setOpen(false);
            startRefresh(() => router.refresh());
            return null;
          }}
          onCancel={close}
          disabled={refreshing}
          className="animate-settle w-full max-w-xl basis-full rounded-2xl border border-line bg-raised/70 p-5"
        >
          {children}
        </ReasonForm>
      ) : null}
    </>
  );
}
