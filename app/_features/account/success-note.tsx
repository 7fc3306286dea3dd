import { Check } from "lucide-react";
import type { ReactNode } from "react";

/** Confirms a success. Rendered empty before, so that screen readers announce the text. */
export function SuccessNote({ text }: { text: ReactNode }) {
  return (
    <p role="status" className="min-h-6 text-sm font-medium text-muted">
      {text ? (
        <span className="flex animate-settle items-start gap-2">
          <Check className="mt-0.5 size-4 shrink-0 text-mark" aria-hidden="true" />
          <span className="min-w-0 [overflow-wrap:anywhere]">{text}</span>
        </span>
      ) : null}
    </p>
  );
}
