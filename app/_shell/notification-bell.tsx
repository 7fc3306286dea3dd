"use client";

import { Bell as BellIcon } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useTranslations } from "next-intl";
import { useEffect, useRef, useState } from "react";
import { askUnread, isUnreadLive, onUnread } from "@/app/_features/notifications/notification-unread";
import { NavLink } from "./nav-link";

/** A page that is opened asks anew, but people who browse quickly do not pay for it with their requests. */
const ASK_AGAIN_MS = 30_000;
const MOST_SHOWN = 99;

interface Props {
  /** As the server rendered it. */
  unread: number;
  place: "rail" | "top";
}

/**
 * The way to the notifications, with the number of unread ones. The server renders it, and the person's channel brings
 * the next (live-notifications.tsx); while that is silent the browser asks again as people move through the site or come back to it.
 */
export function Bell({ unread: rendered, place }: Props) {
  const t = useTranslations("shell");
  const unread = useUnread(rendered, place);
  const name = t("unread", { count: unread });
  const icon = (
    <span className="relative inline-flex">
      <BellIcon className={place === "rail" ? "size-[1.35rem] shrink-0" : "size-5"} aria-hidden="true" />
      {unread > 0 ? (
        <span
          aria-hidden="true"
          className="tabular absolute -top-2 left-2.5 min-w-4.5 rounded-full bg-accent px-1 text-center text-[0.6875rem] leading-4.5 font-bold text-on-accent ring-2 ring-ground"
        >
          {unread > MOST_SHOWN ? t("unreadMany") : unread}
        </span>
      ) : null}
    </span>
  );
  if (place === "rail") {
    return (
      <NavLink place="rail" href="/notifications" label={t("notifications")} spoken={name} icon={icon} />
    );
  }
  return (
    <Link
      href="/notifications"
      prefetch={false}
      aria-label={name}
      className="inline-flex size-11 items-center justify-center rounded-full text-muted transition-colors hover:bg-raised hover:text-ink"
    >
      {icon}
    </Link>
  );
}

function useUnread(rendered: number, place: Props["place"]): number {
  const [unread, setUnread] = useState(rendered);
  const pathname = usePathname();
  const askedAt = useRef(0);
  useEffect(() => onUnread(setUnread), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another path is another page, which is what it asks at
  useEffect(() => {
    const ask = () => {
      // Of the two bells one is shown; the rail's asks for both.
      if (place !== "rail" || document.visibilityState !== "visible" || isUnreadLive()) return;
      if (Date.now() - askedAt.current < ASK_AGAIN_MS) return;
      askedAt.current = Date.now();
      void askUnread();
    };
    // What the server has just rendered is new enough.
    if (askedAt.current === 0) askedAt.current = Date.now();
    else ask();
    document.addEventListener("visibilitychange", ask);
    return () => document.removeEventListener("visibilitychange", ask);
  }, [pathname, place]);
  return unread;
}
