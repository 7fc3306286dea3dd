import type { ReactNode } from "react";

/** A titled part of a task's story. */
export function StorySection({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <section aria-labelledby={id} className="mt-10">
      <h2 id={id} className="display text-2xl">
        {title}
      </h2>
      <div className="mt-4">{children}</div>
    </section>
  );
}

/** Instead of a list that is empty, or whose source does not answer. */
export function StoryNote({ children }: { children: ReactNode }) {
  return <p className="rounded-2xl border border-dashed border-line-strong p-5 text-muted">{children}</p>;
}
