"use client";

import { X } from "lucide-react";
import { useTranslations } from "next-intl";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { Button } from "./button";
import { cn } from "./cn";

interface Props {
  title: string;
  onClose: () => void;
  children: (close: () => void) => ReactNode;
  /** At the side of the page on a desktop, instead of centred. */
  aside?: boolean;
  /** For content with a button that closes it, which need not compete for the first focus. */
  hideCloseButton?: boolean;
  className?: string;
}

/**
 * A modal dialog, open as long as it is rendered. The native one keeps the focus inside, closes with Escape and restores
 * the focus. It opens with the focus on what has `data-initial-focus`, by default on its first control.
 *
 * @param children gets `close`, which ends in `onClose` as Escape and a click beside the dialog do
 */
export function Dialog({
  title,
  onClose,
  children,
  aside = false,
  hideCloseButton = false,
  className,
}: Props) {
  const t = useTranslations("dialog");
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    // React runs effects twice in development.
    if (dialog.current?.open !== false) return;
    dialog.current.showModal();
    // Not `autofocus`, which React does not write into the document: it focuses the element before the dialog is open.
    dialog.current.querySelector<HTMLElement>("[data-initial-focus]")?.focus();
  }, []);
  const close = () => dialog.current?.close();
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the browser closes the dialog with Escape
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      // React passes the event of a dialog inside this one on to it.
      onClose={({ target }) => (target === dialog.current ? onClose() : undefined)}
      onClick={(event) => (event.target === dialog.current ? close() : undefined)}
      className={cn(
        "max-h-[min(44rem,calc(100dvh-2rem))] w-[min(30rem,calc(100vw-1.5rem))] border border-line bg-raised text-ink shadow-2xl backdrop:bg-sunken/75 backdrop:backdrop-blur-sm open:flex open:animate-settle",
        aside
          ? "m-auto rounded-3xl sm:mr-0 sm:h-dvh sm:max-h-dvh sm:rounded-none sm:rounded-l-3xl"
          : "m-auto rounded-3xl",
        className,
      )}
    >
      <div className="flex min-h-0 w-full flex-col p-5 sm:p-6">
        <div className="mb-4 flex items-start justify-between gap-4">
          <h2 id={titleId} dir="auto" className="display min-w-0 pt-1.5 text-left text-xl">
            {title}
          </h2>
          {hideCloseButton ? null : (
            <Button look="plain" size="icon" aria-label={t("close")} onClick={close} className="-mt-1 -mr-2">
              <X className="size-5" aria-hidden="true" />
            </Button>
          )}
        </div>
        {children(close)}
      </div>
    </dialog>
  );
}
