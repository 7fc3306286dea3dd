import { useTranslations } from "next-intl";
import { type ReactNode, useState } from "react";
import type { ApiFailure } from "./api-result";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { FailureNote } from "./failure-note";

interface Props {
  title: string;
  text: string;
  children?: ReactNode;
  confirmLabel: string;
  busyLabel: string;
  look?: "primary" | "danger";
  /** @returns the failure to show; null closes the dialog */
  onConfirm: () => Promise<ApiFailure | null>;
  onClose: () => void;
}

/**
 * Asks before something that others notice, says what it changes, and stays open when it fails. Where the answer cannot
 * be taken back lightly (`danger`), the focus begins on the way out: a key held a little too long answers nothing.
 */
export function ConfirmDialog({
  title,
  text,
  children,
  confirmLabel,
  busyLabel,
  look = "primary",
  onConfirm,
  onClose,
}: Props) {
  const t = useTranslations("dialog");
  const isDangerous = look === "danger";
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const confirm = async (close: () => void) => {
    if (isBusy) return;
    setBusy(true);
    setFailure(null);
    const refusal = await onConfirm();
    setBusy(false);
    if (refusal) setFailure(refusal);
    else close();
  };
  return (
    <Dialog title={title} onClose={onClose} hideCloseButton className="w-[min(36rem,calc(100vw-1.5rem))]">
      {(close) => (
        <>
          <p className="text-muted">{text}</p>
          {children ? <div className="mt-4 min-h-0 overflow-y-auto">{children}</div> : null}
          {failure ? <FailureNote failure={failure} className="mt-4" /> : null}
          <div className="mt-5 flex flex-wrap gap-2">
            <Button
              look={look}
              aria-disabled={isBusy}
              onClick={() => void confirm(close)}
              data-initial-focus={isDangerous ? undefined : ""}
            >
              <span aria-live="polite">{isBusy ? busyLabel : confirmLabel}</span>
            </Button>
            <Button look="plain" onClick={close} data-initial-focus={isDangerous ? "" : undefined}>
              {t("cancel")}
            </Button>
          </div>
        </>
      )}
    </Dialog>
  );
}
