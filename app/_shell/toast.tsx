"use client";

import { X } from "lucide-react";
import { useTranslations } from "next-intl";
import { useEffect, useEffectEvent, useRef } from "react";
import { NotificationIcon } from "@/app/_features/notifications/notification-icon";
import { markRead } from "@/app/_features/notifications/notification-unread";
import { useNotificationText } from "@/app/_features/notifications/use-notification-text";
import { Button } from "@/app/_ui/button";
import { Link } from "@/app/_ui/link";
import type { ToastItem } from "./claim-toast";

/** Long enough to read two lines and to reach the toast by keyboard. */
const TOAST_DURATION_MS = 8_000;

interface Props {
  item: ToastItem;
  /** The pointer or the focus is on the toasts. */
  paused: boolean;
  onClose: () => void;
}

export function Toast({ item, paused, onClose }: Props) {
  const t = useTranslations("toasts");
  const { kind, title, text, href } = useNotificationText()(item);
  const remainingMs = useRef(TOAST_DURATION_MS);
  const close = useEffectEvent(onClose);
  useEffect(() => {
    if (paused) return;
    const startedAt = Date.now();
    const timer = setTimeout(() => close(), remainingMs.current);
    return () => {
      clearTimeout(timer);
      remainingMs.current -= Date.now() - startedAt;
    };
  }, [paused]);
  return (
    <li className="pointer-events-auto grid animate-settle grid-cols-[auto_minmax(0,1fr)_auto] items-start gap-3 rounded-2xl border border-line bg-raised p-3.5 text-ink shadow-2xl">
      <NotificationIcon kind={kind} className="mt-0.5" />
      <div className="min-w-0">
        <p className="line-clamp-2 leading-snug font-semibold [overflow-wrap:anywhere]">
          <Link
            href={href ?? "/notifications"}
            onClick={() => {
              if (href) void markRead(item.id);
              onClose();
            }}
            onKeyDown={({ key }) => (key === "Escape" ? onClose() : undefined)}
          >
            {title}
          </Link>
        </p>
        {text ? (
          <p dir="auto" className="mt-0.5 line-clamp-2 text-sm text-muted [overflow-wrap:anywhere]">
            {text}
          </p>
        ) : null}
      </div>
      <Button
        look="plain"
        size="icon"
        aria-label={t("dismiss", { title })}
        onClick={onClose}
        onKeyDown={({ key }) => (key === "Escape" ? onClose() : undefined)}
        className="-my-2 -mr-2"
      >
        <X className="size-4" aria-hidden="true" />
      </Button>
    </li>
  );
}
