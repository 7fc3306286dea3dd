"use client";

import type { ReactNode } from "react";
import { Link } from "@/app/_ui/link";
import { markRead } from "./notification-unread";

interface Props {
  id: string;
  href: string;
  unread: boolean;
  /** The whole sentence, of which its words may be a part. */
  label: string;
  children: ReactNode;
}

/** Links to the subject of a notification and marks it as read. */
export function NotificationLink({ id, href, unread, label, children }: Props) {
  return (
    <Link
      href={href}
      aria-label={label}
      onClick={() => {
        if (unread) void markRead(id);
      }}
      className="stretched outline-none"
    >
      {children}
    </Link>
  );
}
