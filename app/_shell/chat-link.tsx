"use client";

import { MessagesSquare } from "lucide-react";
import { useTranslations } from "next-intl";
import { useUnreadMessageCount } from "@/app/_features/chat/use-unread-message-count";
import { NavLink } from "./nav-link";

/** The link to the chats with the number of unread messages: server-rendered first, then live. */
export function ChatLink({ unread: rendered, variant }: { unread: number; variant: "rail" | "bar" }) {
  const t = useTranslations("shell");
  const unread = useUnreadMessageCount(rendered);
  return (
    <NavLink
      variant={variant}
      href="/chat"
      label={t("chat")}
      accessibleLabel={t("unreadMessages", { count: unread })}
      icon={
        <span className="relative inline-flex">
          <MessagesSquare
            className={variant === "rail" ? "size-[1.35rem] shrink-0" : "size-6"}
            aria-hidden="true"
          />
          {unread > 0 ? (
            <span
              aria-hidden="true"
              className="tabular absolute -top-1.5 left-2.5 min-w-4.5 rounded-full bg-accent px-1 text-center text-[0.6875rem] leading-4.5 font-bold text-on-accent ring-2 ring-ground"
            >
              {unread > 99 ? t("unreadMany") : unread}
            </span>
          ) : null}
        </span>
      }
    />
  );
}
