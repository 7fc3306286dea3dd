"use client";

import { useTranslations } from "next-intl";
import { useEffect, useRef, useState } from "react";
import { plainText } from "@/lib/chat/client";
import type { Shown } from "./store/conversation-view";

/** Screen readers hear of new messages at most so often. */
const EVERY_MS = 5_000;
const MOST_CHARACTERS = 160;

/**
 * What is to be said of new messages of others: each once, and those that come together together. Of one's own, that
 * one could not be sent yet: once, however often it is tried.
 */
export function useAnnouncer({ messages, pending }: Shown, viewerId: string): string {
  const t = useTranslations("chat");
  const [said, setSaid] = useState("");
  const saidTo = useRef(messages.at(-1)?.seq ?? 0);
  const saidAt = useRef(0);
  const waiting = useRef(new Set<string>());
  useEffect(() => {
    const fresh = pending.filter(({ clientId, again }) => again && !waiting.current.has(clientId));
    for (const { clientId } of fresh) waiting.current.add(clientId);
    if (fresh.length > 0) setSaid(`${t("failed")}. ${t("goesAgain")}`);
  }, [pending, t]);
  useEffect(() => {
    const fresh = messages.filter(({ seq, authorId }) => seq > saidTo.current && authorId !== viewerId);
    if (fresh.length === 0) return;
    const timer = setTimeout(
      () => {
        saidAt.current = Date.now();
        saidTo.current = messages.at(-1)?.seq ?? 0;
        const [one] = fresh;
        const names = new Set(fresh.map(({ authorName }) => authorName ?? t("gone")));
        const [name = ""] = names;
        if (one && fresh.length === 1) {
          const text =
            plainText(one.text).slice(0, MOST_CHARACTERS) || t("files", { count: one.attachments.length });
          setSaid(t("announceOne", { name, text }));
        } else if (names.size === 1) setSaid(t("announceFrom", { count: fresh.length, name }));
        else setSaid(t("announceMany", { count: fresh.length }));
      },
      Math.max(300, saidAt.current + EVERY_MS - Date.now()),
    );
    return () => clearTimeout(timer);
  }, [messages, viewerId, t]);
  return said;
}
