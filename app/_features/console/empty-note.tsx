import type { ReactNode } from "react";

/** A list that has nothing to show: why, and what to do next. */
export function EmptyNote({ title, text, children }: { title: string; text: string; children?: ReactNode }) {
  return (
    <div className="mt-6 rounded-2xl border border-dashed border-line-strong p-6">
      <p className="display text-xl">{title}</p>
      <p className="mt-2 max-w-[60ch] text-muted">{text}</p>
      {children ? <div className="mt-5">{children}</div> : null}
    </div>
  );
}
