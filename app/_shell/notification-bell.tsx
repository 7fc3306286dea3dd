"use client";

import { Bell as BellIcon } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useTranslations } from "next-intl";
import { useEffect, useRef, useState } from "react";
import { fetchUnread, isUnreadLive, onUnreadCount } from "@/app/_features/notifications/notification-unread";
import { NavLink } from "./nav-link";

/** Each page view refetches the count, but not more often than this: fast browsing must not spend the rate limit. */
const MIN_REFETCH_INTERVAL_MS = 30_000;
const MAX_BADGE_COUNT = 99;

interface Props {
  /** The server-rendered count. */
  unread: number;
  variant: "rail" | "top";
}

/**
 * The link to the notifications with the unread count. The server renders the first count, and the `user` channel
 * brings later ones (live-notifications.tsx). Without live events the count is refetched on navigation and when the
 * page becomes visible.
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
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new path is a page view, which may refetch
  useEffect(() => {
    const refetchIfStale = () => {
      // Only one of the two bells is visible; the rail's bell fetches for both.
      if (variant !== "rail" || document.visibilityState !== "visible" || isUnreadLive()) return;
      if (Date.now() - lastFetchedAt.current < MIN_REFETCH_INTERVAL_MS) return;
      lastFetchedAt.current = Date.now();
      void fetchUnread();
    };
    // On mount the server-rendered count is fresh.
    if (lastFetchedAt.current === 0) lastFetchedAt.current = Date.now();
    else refetchIfStale();
    document.addEventListener("visibilitychange", refetchIfStale);
    return () => document.removeEventListener("visibilitychange", refetchIfStale);
  }, [pathname, variant]);
  return unread;
}
