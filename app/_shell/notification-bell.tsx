"use client";

import { Bell as BellIcon } from "lucide-react";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { onUnreadCount } from "@/app/_features/notifications/notification-unread";
import { Link } from "@/app/_ui/link";
import { NavLink } from "./nav-link";

const MAX_BADGE_COUNT = 99;

interface Props {
  /** The server-rendered count. */
  unread: number;
  variant: "rail" | "top";
}

/**
 * The link to the notifications with the unread count. The server renders the first count; live-notifications.tsx
 * keeps it up to date.
 */
export function NotificationBell({ unread: rendered, variant }: Props) {
  const t = useTranslations("shell");
  const unread = useUnreadCount(rendered);
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
      aria-label={accessibleLabel}
      className="inline-flex size-11 items-center justify-center rounded-full text-muted transition-colors hover:bg-raised hover:text-ink"
    >
      {icon}
    </Link>
  );
}

function useUnreadCount(rendered: number): number {
  const [unread, setUnread] = useState(rendered);
  useEffect(() => onUnreadCount(setUnread), []);
  return unread;
}
