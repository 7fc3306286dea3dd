"use client";

import { useTranslations } from "next-intl";
import { useEffect, useRef, useState } from "react";
import { isolate } from "@/lib/schemas/isolate";
import { plainText } from "@/lib/schemas/mention";
import type { ConversationView } from "./store/conversation-view";

/** Minimum time between two announcements of new messages. */
const MIN_ANNOUNCE_INTERVAL_MS = 5_000;
const MAX_ANNOUNCED_LENGTH = 160;

/**
 * Text for screen readers. Each new message of another member is announced once; messages that arrive together share
 * an announcement. A failed message of the viewer is announced once, however often it is retried.
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
  const announcedFailures = useRef(new Set<string>());
  useEffect(() => {
    const newFailures = pending.filter(
      ({ clientId, willRetry }) => willRetry && !announcedFailures.current.has(clientId),
    );
    for (const { clientId } of newFailures) announcedFailures.current.add(clientId);
    if (newFailures.length > 0) setAnnouncement(`${t("failed")}. ${t("goesAgain")}`);
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
