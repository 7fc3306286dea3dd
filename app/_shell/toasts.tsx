"use client";

import { useTranslations } from "next-intl";
import { useEffect, useRef, useState } from "react";
import { Link } from "@/app/_ui/link";
import type { ToastItem } from "./claim-toast";
import { Toast } from "./toast";

/** A screen reader should finish one toast before the next appears. */
const TOAST_INTERVAL_MS = 1_500;
const MAX_VISIBLE_TOASTS = 3;

interface Props {
  /** Oldest first. */
  items: readonly ToastItem[];
  onClose: (id: string) => void;
  onCloseAll: () => void;
}

/**
 * New notifications: they appear one after the other, disappear after a while, and stay while the pointer or the focus
 * is on them. Closing one loses nothing: the notifications page lists all.
 */
export function Toasts({ items, onClose, onCloseAll }: Props) {
  const t = useTranslations("toasts");
  const region = useRef<HTMLElement>(null);
  const [paused, setPaused] = useState(false);
  const visibleCount = useVisibleCount(items);
  const visibleItems = items.slice(0, visibleCount);
  const queuedCount = items.length - visibleItems.length;

  const close = (id: string) => {
    const hadFocus = region.current?.contains(document.activeElement) ?? false;
    onClose(id);
    if (!hadFocus) return;
    // The focused toast is gone: focus the next one, or the page.
    requestAnimationFrame(() => {
      const next = region.current?.querySelector("button") ?? document.getElementById("content");
      next?.focus();
      if (!region.current?.contains(next)) setPaused(false);
    });
  };

  return (
    <section
      ref={region}
      aria-label={t("label")}
      onPointerEnter={() => setPaused(true)}
      onPointerLeave={() => setPaused(region.current?.contains(document.activeElement) ?? false)}
      onFocus={() => setPaused(true)}
      onBlur={({ relatedTarget }) => {
        if (!region.current?.contains(relatedTarget)) setPaused(false);
      }}
      className="pointer-events-none fixed inset-x-3 bottom-[calc(5rem+var(--player-height))] z-40 sm:right-6 sm:bottom-[calc(1.5rem+var(--player-height))] sm:left-auto sm:w-96"
    >
      {/* Rendered while empty, so that screen readers announce additions. */}
      <ol aria-live="polite" aria-relevant="additions" className="flex flex-col gap-2.5">
        {visibleItems.map((item) => (
          <Toast key={item.id} item={item} paused={paused} onClose={() => close(item.id)} />
        ))}
      </ol>
      {queuedCount > 0 && visibleItems.length === MAX_VISIBLE_TOASTS ? (
        <Link
          href="/notifications"
          onClick={onCloseAll}
          className="pointer-events-auto mt-2.5 inline-flex min-h-11 items-center rounded-full border border-line bg-raised px-4 text-sm font-semibold shadow-lg"
        >
          {t("more", { count: queuedCount })}
        </Link>
      ) : null}
    </section>
  );
}

/** How many of the items are on screen: one more per interval, up to the maximum. */
function useVisibleCount(items: readonly ToastItem[]): number {
  const [visibleCount, setVisibleCount] = useState(0);
  const targetCount = Math.min(items.length, MAX_VISIBLE_TOASTS);
  const lastShownAt = useRef(0);
  useEffect(() => {
    if (visibleCount > targetCount) return setVisibleCount(targetCount);
    if (visibleCount === targetCount) return;
    const timer = setTimeout(
      () => {
        lastShownAt.current = Date.now();
        setVisibleCount(visibleCount + 1);
      },
      Math.max(0, lastShownAt.current + TOAST_INTERVAL_MS - Date.now()),
    );
    return () => clearTimeout(timer);
  }, [visibleCount, targetCount]);
  return Math.min(visibleCount, targetCount);
}
