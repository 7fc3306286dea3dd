"use client";

import Link from "next/link";
import type { ReactNode } from "react";
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
      prefetch={false}
      onClick={() => {
        if (unread) void markRead(id);
      }}
      className="stretched [overflow-wrap:anywhere] outline-none"
    >
      {children}
    </Link>
  );
}
