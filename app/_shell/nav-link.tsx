"use client";

import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { Link } from "@/app/_ui/link";

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
    | "/admin"
    | "/docs";
  icon: ReactNode;
  label: string;
  /** Read by screen readers instead of `label`. */
  accessibleLabel?: string;
  variant: "rail" | "bar";
}

const CLASS_NAMES = {
  rail: [
    "flex min-h-11 items-center gap-3.5 rounded-xl px-3 text-[0.9375rem] font-medium text-muted",
    "transition-colors hover:bg-ink/6 hover:text-ink aria-[current]:bg-ink/9 aria-[current]:text-ink aria-[current]:font-semibold",
    "max-lg:justify-center max-lg:px-0",
  ].join(" "),
  bar: "flex min-h-14 min-w-0 flex-col items-center justify-center gap-1 text-[0.6875rem] font-medium text-muted aria-[current]:text-ink",
} as const;

/** Links that are current for all pages under a path. */
const NESTED_PATHS: Partial<Record<Props["href"], string>> = {
  "/admin": "/admin/",
  "/me": "/me/",
  "/chat": "/chat/",
};

export function NavLink({ href, icon, label, accessibleLabel, variant }: Props) {
  const pathname = usePathname();
  const nestedPath = NESTED_PATHS[href] ?? null;
  const current = pathname === href || (nestedPath !== null && pathname.startsWith(nestedPath));
  return (
    <Link href={href} aria-current={current ? "page" : undefined} className={CLASS_NAMES[variant]}>
      {icon}
      <span
        aria-hidden={accessibleLabel ? true : undefined}
        className={variant === "rail" ? "max-lg:sr-only" : "whitespace-nowrap @max-[22rem]:sr-only"}
      >
        {label}
      </span>
      {accessibleLabel ? <span className="sr-only">{accessibleLabel}</span> : null}
    </Link>
  );
}
