"use client";

import { Bell as BellIcon } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useTranslations } from "next-intl";
import { useEffect, useRef, useState } from "react";
import { fetchUnread, isUnreadLive, onUnreadCount } from "@/app/_features/notifications/notification-unread";
import { NavLink } from "./nav-link";

/** A page that is opened asks anew, but people who browse quickly do not pay for it with their requests. */
const MIN_REFETCH_INTERVAL_MS = 30_000;
const MAX_BADGE_COUNT = 99;

interface Props {
  /** As the server rendered it. */
  unread: number;
  variant: "rail" | "top";
}

/**
 * The way to the notifications, with the number of unread ones. The server renders it, and the person's channel brings
 * the next (live-notifications.tsx); while that is silent the browser asks again as people move through the site or come back to it.
 */
export function NotificationBell({ unread: rendered, variant }: Props) {
  const t = useTranslations("shell");
  const unread = useUnreadCount(rendered, variant);
  const accessibleLabel = t("unread", { count: unread });
  const icon = (
    <span className="relative inline-flex">
      <BellIcon className={variant === "rail" ? "size-[1.35rem] shrink-0" : "size-5"} aria-hidden="true" />
      {unread > 0 ? (
        <span
          aria-hidden="true"
          className="tabular absolute -top-2 left-2.5 min-w-4.5 rounded-full bg-accent px-1 text-center text-[0.6875rem] leading-4.5 font-bold text-on-accent ring-2 ring-ground"
        >
          {unread > MAX_BADGE_COUNT ? t("unreadMany") : unread}
        </span>
      ) : null}
    </span>
  );
  if (variant === "rail") {
    return (
      <NavLink
        variant="rail"
        href="/notifications"
        label={t("notifications")}
        accessibleLabel={accessibleLabel}
        icon={icon}
      />
    );
  }
  return (
    <Link
      href="/notifications"
      prefetch={false}
      aria-label={accessibleLabel}
      className="inline-flex size-11 items-center justify-center rounded-full text-muted transition-colors hover:bg-raised hover:text-ink"
    >
      {icon}
    </Link>
  );
}

function useUnreadCount(rendered: number, variant: Props["variant"]): number {
  const [unread, setUnread] = useState(rendered);
  const pathname = usePathname();
  const lastFetchedAt = useRef(0);
  useEffect(() => onUnreadCount(setUnread), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another path is another page, which is what it asks at
  useEffect(() => {
    const refetchIfStale = () => {
      // Of the two bells one is shown; the rail's asks for both.
      if (variant !== "rail" || document.visibilityState !== "visible" || isUnreadLive()) return;
      if (Date.now() - lastFetchedAt.current < MIN_REFETCH_INTERVAL_MS) return;
      lastFetchedAt.current = Date.now();
      void fetchUnread();
    };
    // What the server has just rendered is new enough.
    if (lastFetchedAt.current === 0) lastFetchedAt.current = Date.now();
    else refetchIfStale();
    document.addEventListener("visibilitychange", refetchIfStale);
    return () => document.removeEventListener("visibilitychange", refetchIfStale);
  }, [pathname, variant]);
  return unread;
}
