"use client";

import { useTranslations } from "next-intl";
import { useCallback, useEffect, useState } from "react";
import { Mark } from "@/app/_art/brand/mark";
import { isolate } from "@/lib/schemas/isolate";

/** Who is typing. Keeps its height, so that nothing jumps. */
export function TypingIndicator({ names }: { names: readonly string[] }) {
  const t = useTranslations("chat");
  const [first = "", second = ""] = names.map(isolate);
  return (
    <p className="flex h-5 items-center gap-1.5 truncate px-4 text-xs text-muted">
      {names.length > 0 ? (
        <>
          <Mark animated className="size-4 shrink-0" />
          <span className="truncate">
            {names.length === 1
              ? t("typing", { name: first })
              : names.length === 2
                ? t("typingTwo", { first, second })
                : t("typingMany", { count: names.length })}
          </span>
        </>
      ) : null}
    </p>
  );
}

interface Typist {
  userId: string;
  name: string;
  expiresAt: number;
}

/** The members who are typing at the moment. */
export function useTypists() {
  const [typists, setTypists] = useState<readonly Typist[]>([]);
  const addTypist = useCallback((userId: string, name: string) => {
    const typist = { userId, name, expiresAt: Date.now() + TYPING_TIMEOUT_MS };
    setTypists((before) => [...before.filter((each) => each.userId !== userId), typist]);
  }, []);
  /** Call when their message has arrived. */
  const removeTypist = useCallback((userId: string | null) => {
    setTypists((before) =>
      before.some((each) => each.userId === userId)
        ? before.filter((each) => each.userId !== userId)
        : before,
    );
  }, []);
  useEffect(() => {
    const nextExpiry = Math.min(...typists.map(({ expiresAt }) => expiresAt));
    if (!Number.isFinite(nextExpiry)) return;
    const timer = setTimeout(
      () => setTypists((before) => before.filter(({ expiresAt }) => expiresAt > Date.now())),
      Math.max(0, nextExpiry - Date.now()) + 20,
    );
    return () => clearTimeout(timer);
  }, [typists]);
  return { typists, addTypist, removeTypist };
}

/** Minimum time between two typing events of a user. */
const MIN_SEND_INTERVAL_MS = 4_000;
/** How long a received typing event is shown. */
const TYPING_TIMEOUT_MS = 6_000;

/** Limits the rate of typing events. @param send  notifies the server; best effort */
export function createTypingNotifier(send: () => void): () => void {
  let sentAt = 0;
  return () => {
    if (Date.now() - sentAt < MIN_SEND_INTERVAL_MS) return;
    sentAt = Date.now();
    send();
  };
}
