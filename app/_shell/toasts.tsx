"use client";

import dynamic from "next/dynamic";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { useEffect, useRef, useState } from "react";
import type { ToastItem } from "./claim-toast";

/** A screen reader is to end its sentence before the next. */
const TOAST_INTERVAL_MS = 1_500;
const MAX_VISIBLE_TOASTS = 3;

// Its words are needed when there is something to say.
const Toast = dynamic(() => import("./toast").then((module) => module.Toast), { ssr: false });

interface Props {
  /** Oldest first. */
  items: readonly ToastItem[];
  onClose: (id: string) => void;
  onCloseAll: () => void;
}

/**
 * New notifications, said in passing: they come one after the other, go by themselves, and stay while somebody points
 * at them or has the focus in them. Nothing is lost with them: all are in the list.
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
    // What had the focus is gone: the next one gets it, or the page.
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
      className="pointer-events-none fixed inset-x-3 bottom-20 z-40 sm:right-6 sm:bottom-6 sm:left-auto sm:w-96"
    >
      {/* There before anything is in it, so that what comes is read out. */}
      <ol aria-live="polite" aria-relevant="additions" className="flex flex-col gap-2.5">
        {visibleItems.map((item) => (
          <Toast key={item.id} item={item} paused={paused} onClose={() => close(item.id)} />
        ))}
      </ol>
      {queuedCount > 0 && visibleItems.length === MAX_VISIBLE_TOASTS ? (
        <Link
          href="/notifications"
          prefetch={false}
          onClick={onCloseAll}
          className="pointer-events-auto mt-2.5 inline-flex min-h-11 items-center rounded-full border border-line bg-raised px-4 text-sm font-semibold shadow-lg"
        >
          {t("more", { count: queuedCount })}
        </Link>
      ) : null}
    </section>
  );
}

/** How many of the items are on screen: one more every now and then, up to what there is room for. */
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
