"use client";

import { useTranslations } from "next-intl";
import { useEffect, useRef, useState } from "react";
import { isolate } from "@/lib/schemas/isolate";
import { plainText } from "@/lib/schemas/mention";
import type { ConversationView } from "./store/conversation-view";
import { waitsFor } from "./waits-for";

/** Minimum time between two announcements of new messages. */
const MIN_ANNOUNCE_INTERVAL_MS = 5_000;
const MAX_ANNOUNCED_LENGTH = 160;

/**
 * Text for screen readers. Each new message of another member is announced once; messages that arrive together share
 * an announcement. A message of the viewer that has to wait is announced once, however often it is retried.
 */
export function useMessageAnnouncer(
  { messages, pending }: ConversationView,
  viewerId: string,
  blockedIds: readonly string[],
): string {
  const t = useTranslations("chat");
  const [announcement, setAnnouncement] = useState("");
  const announcedSeq = useRef(messages.at(-1)?.seq ?? 0);
  const announcedAt = useRef(0);
  const announcedWaiting = useRef(new Set<string>());
  useEffect(() => {
    const waiting = pending.filter(
      ({ clientId, willRetry }) => willRetry && !announcedWaiting.current.has(clientId),
    );
    for (const { clientId } of waiting) announcedWaiting.current.add(clientId);
    const [first] = waiting;
    if (first) setAnnouncement(`${t("waiting")}. ${t(waitsFor(first))}`);
  }, [pending, t]);
  useEffect(() => {
    const fresh = messages.filter(
      ({ seq, authorId }) =>
        seq > announcedSeq.current && authorId !== viewerId && !blockedIds.includes(authorId ?? ""),
    );
    if (fresh.length === 0) return;
    const timer = setTimeout(
      () => {
        announcedAt.current = Date.now();
        announcedSeq.current = messages.at(-1)?.seq ?? 0;
        const [single] = fresh;
        const names = new Set(fresh.map(({ authorName }) => authorName ?? t("gone")));
        const [name = ""] = names;
        if (single && fresh.length === 1) {
          const text =
            plainText(single.text).slice(0, MAX_ANNOUNCED_LENGTH) ||
            t("files", { count: single.attachments.length });
          setAnnouncement(t("announceOne", { name: isolate(name), text: isolate(text) }));
        } else if (names.size === 1)
          setAnnouncement(t("announceFrom", { count: fresh.length, name: isolate(name) }));
        else setAnnouncement(t("announceMany", { count: fresh.length }));
      },
      Math.max(300, announcedAt.current + MIN_ANNOUNCE_INTERVAL_MS - Date.now()),
    );
    return () => clearTimeout(timer);
  }, [messages, viewerId, blockedIds, t]);
  return announcement;
}
