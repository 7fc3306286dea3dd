"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { cn } from "@/app/_ui/cn";

interface Props {
  href:
    | "/"
    | "/posts/new"
    | "/me"
    | "/sign-in"
    | "/notifications"
    | "/shop"
    | "/chat"
    | "/orders"
    | "/leaderboards"
    | "/bonuses"
    | "/admin/tasks"
    | "/docs";
  icon: ReactNode;
  label: string;
  /** What is read out in the label's place, where more is to be said. */
  spoken?: string;
  place: "rail" | "bar";
}

const LOOK = {
  rail: [
    "flex min-h-11 items-center gap-3.5 rounded-xl px-3 text-[0.9375rem] font-medium text-muted",
    "transition-colors hover:bg-ink/6 hover:text-ink aria-[current]:bg-ink/9 aria-[current]:text-ink aria-[current]:font-semibold",
    "max-lg:justify-center max-lg:px-0",
  ].join(" "),
  bar: "flex min-h-14 flex-col items-center justify-center gap-1 text-[0.6875rem] font-medium text-muted aria-[current]:text-ink",
} as const;

/** Places of many pages. */
const WITHIN: Partial<Record<Props["href"], string>> = {
  "/admin/tasks": "/admin/",
  "/me": "/me/",
  "/chat": "/chat/",
};

/** Never prefetched: opening a page should not cost a person their requests for pages they did not open. */
export function NavLink({ href, icon, label, spoken, place }: Props) {
  const pathname = usePathname();
  const within = WITHIN[href] ?? null;
  const current = pathname === href || (within !== null && pathname.startsWith(within));
  return (
    <Link href={href} prefetch={false} aria-current={current ? "page" : undefined} className={LOOK[place]}>
      {icon}
      <span aria-hidden={spoken ? true : undefined} className={cn(place === "rail" && "max-lg:sr-only")}>
        {label}
      </span>
      {spoken ? <span className="sr-only">{spoken}</span> : null}
    </Link>
  );
}
