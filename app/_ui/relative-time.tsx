"use client";

import { useFormatter, useTranslations } from "next-intl";
import { useSyncExternalStore } from "react";
import { useMounted } from "./use-mounted";

const MINUTE_MS = 60_000;

/** One clock for every time on the page; it ticks only while it has listeners. */
let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(notify: () => void): () => void {
  listeners.add(notify);
  if (timer === undefined) {
    now = Date.now();
    timer = setInterval(() => {
      now = Date.now();
      for (const listener of listeners) listener();
    }, MINUTE_MS);
  }
  return () => {
    listeners.delete(notify);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

interface Props {
  /** ISO 8601. */
  at: string;
  /** The server's time (ms since the epoch), so that server and client render the same text first. */
  renderedAt: number;
  className?: string;
}

/** «3 часа назад», with the exact time in the user's time zone on hover. */
export function RelativeTime({ at, renderedAt, className }: Props) {
  const t = useTranslations("time");
  const format = useFormatter();
  const mounted = useMounted();
  const current = useSyncExternalStore(
    subscribe,
    () => now,
    () => renderedAt,
  );
  const date = new Date(at);
  // when the client's clock is behind, the time must not appear to be in the future
  const reference = Math.max(current, date.getTime());
  const timeZone = mounted ? Intl.DateTimeFormat().resolvedOptions().timeZone : "UTC";
  return (
    <time
      dateTime={at}
      title={format.dateTime(date, { dateStyle: "long", timeStyle: "short", timeZone })}
      className={className}
    >
      {reference - date.getTime() < MINUTE_MS ? t("now") : format.relativeTime(date, reference)}
    </time>
  );
}
