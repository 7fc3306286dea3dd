import type { ReactNode } from "react";
import { cn } from "@/app/_ui/cn";

interface Props {
  own: boolean;
  first: boolean;
  /** Only a few emoji, shown without background. */
  bare?: boolean;
  dimmed?: boolean;
  children: ReactNode;
}

/** Own messages have the chat's colour. The first of a group has a corner on its author's side. */
export function Bubble({ own, first, bare = false, dimmed = false, children }: Props) {
  return (
    <div
      className={cn(
        "relative max-w-full min-w-0 rounded-[1.15rem]",
        bare ? "px-1" : "px-3.5 py-2",
        bare ? null : own ? "bg-tint-strong" : "bg-raised ring-1 ring-line ring-inset",
        first && (own ? "rounded-tr-sm" : "rounded-tl-sm"),
        dimmed && "opacity-75",
      )}
    >
      {children}
    </div>
  );
}
