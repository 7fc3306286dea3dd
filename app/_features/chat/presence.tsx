"use client";

import { useTranslations } from "next-intl";
import { cn } from "@/app/_ui/cn";
import { RelativeTime } from "@/app/_ui/relative-time";
import { usePresence } from "./store/presence-store";

/** Filled: online. Ring: away. Nothing: offline or unknown. The states differ in shape, colour and text. */
export function PresenceDot({ userId, className }: { userId: string; className?: string }) {
  const t = useTranslations("chat");
  const state = usePresence([userId])(userId)?.state;
  if (state === undefined || state === "offline") return null;
  return (
    <span
      data-presence={state}
      className={cn(
        "block size-3.5 rounded-full ring-[3px] ring-ground",
        state === "online" ? "bg-mark" : "border-[3px] border-faint bg-ground",
        className,
      )}
    >
      <span className="sr-only">{t(`presence.${state}`)}</span>
    </span>
  );
}

/** A user's presence as text. Empty while it is unknown. */
export function PresenceLabel({ userId, renderedAt }: { userId: string; renderedAt: number }) {
  const t = useTranslations("chat");
  const presence = usePresence([userId])(userId);
  if (!presence) return null;
  if (presence.state !== "offline") return t(`presence.${presence.state}`);
  if (presence.lastSeenAt === null) return t("presence.offline");
  const at = presence.lastSeenAt;
  return t.rich("presence.lastSeen", { time: () => <RelativeTime at={at} renderedAt={renderedAt} /> });
}
