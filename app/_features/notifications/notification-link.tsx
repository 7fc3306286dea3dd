"use client";

import type { ReactNode } from "react";
import { Link } from "@/app/_ui/link";
import { markRead } from "./notification-unread";

interface Props {
  id: string;
  href: string;
  unread: boolean;
  children: ReactNode;
}

/** Links to the subject of a notification and marks it as read. */
export function NotificationLink({ id, href, unread, children }: Props) {
  return (
    <Link
      href={href}
      onClick={() => {
        if (unread) void markRead(id);
      }}
      className="stretched [overflow-wrap:anywhere] outline-none"
    >
      {children}
    </Link>
  );
}
