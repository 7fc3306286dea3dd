import { useTranslations } from "next-intl";
import type { DragEventHandler, ReactNode } from "react";
import { cn } from "@/app/_ui/cn";
import type { SlotHandle } from "./use-form-uploads";

interface Props {
  label: string;
  optional: boolean;
  phase: SlotHandle["state"]["phase"];
  /** The form's error for the field, and the id by which its input refers to it. */
  error: string | undefined;
  errorId: string;
  isDragging: boolean;
  dropHandlers: Record<"onDragOver" | "onDragLeave" | "onDrop", DragEventHandler>;
  className: string;
  children: ReactNode;
}

/** What a track's and a cover's dropzone share: the label, the border that shows what happens, and the error. */
export function UploadFrame(props: Props) {
  const t = useTranslations("uploads");
  const { label, optional, phase, error, errorId, isDragging, dropHandlers, className, children } = props;
  return (
    <>
      <p className="flex items-baseline justify-between text-sm font-semibold">
        <span aria-hidden="true">{label}</span>
        {optional ? <span className="text-xs font-normal text-faint">{t("optional")}</span> : null}
      </p>
      <div
        {...dropHandlers}
        data-phase={phase}
        className={cn(
          "rounded-3xl border transition-colors",
          className,
          error || phase === "failed" ? "border-danger" : "border-line-strong",
          isDragging && "border-mark bg-mark/10",
        )}
      >
        {children}
      </div>
      <div className="min-h-5 text-xs">
        {error ? (
          <p id={errorId} className="animate-settle font-medium text-danger">
            {error}
          </p>
        ) : null}
      </div>
    </>
  );
}
