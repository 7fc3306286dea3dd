import type { ReactNode } from "react";
import { Mark } from "@/app/_art/brand/mark";
import { cn } from "./cn";

interface Props {
  title: string;
  text: ReactNode;
  /** Small print: an id for support. */
  detail?: string | undefined;
  level?: "h1" | "h2";
  children?: ReactNode;
  className?: string;
}

/** A full screen without content (empty, failed, not found): gives the reason and the next step. */
export function EmptyState({ title, text, detail, level: Heading = "h1", children, className }: Props) {
  return (
    <section className={cn("relative isolate overflow-hidden py-16 sm:py-24", className)}>
      <Mark className="-z-10 pointer-events-none absolute -right-52 top-1/2 size-[26rem] -translate-y-1/2 text-ink opacity-[0.06] sm:right-0 sm:size-[34rem]" />
      <Heading className="display max-w-[14ch] text-[clamp(2.25rem,7vw,4.5rem)]">{title}</Heading>
      <p className="mt-6 max-w-[46ch] text-lg text-muted">{text}</p>
      {detail ? <p className="tabular mt-3 text-sm text-faint">{detail}</p> : null}
      {children ? <div className="mt-9 flex flex-wrap gap-3">{children}</div> : null}
    </section>
  );
}
