"use client";

import { useTranslations } from "next-intl";
import { RelativeTime } from "@/app/_ui/relative-time";
import { usePresence } from "./store/presence-store";

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
