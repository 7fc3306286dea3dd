import { useTranslations } from "next-intl";
import type { ChatItem } from "./store/chat-api";

type Named = Pick<ChatItem, "id" | "kind" | "title" | "members">;

/** The other person of a direct chat; null in a group, or when they are gone. */
export function otherOf({ kind, members }: Named, viewerId: string) {
  return kind === "direct" ? (members.find(({ userId }) => userId !== viewerId) ?? null) : null;
}

/** Whose picture and colour a chat has. */
export function artOf(chat: Named, viewerId: string): { id: string; round: boolean } {
  const other = otherOf(chat, viewerId);
  return { id: other?.userId ?? chat.id, round: chat.kind === "direct" };
}

/** What a chat is called. */
export function useChatName(): (chat: Named, viewerId: string) => string {
  const t = useTranslations("chat");
  return (chat, viewerId) =>
    chat.kind === "direct" ? (otherOf(chat, viewerId)?.name ?? t("gone")) : (chat.title ?? t("untitled"));
}
