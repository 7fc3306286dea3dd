import { useTranslations } from "next-intl";
import type { ChatItem } from "@/lib/schemas/chat";

type ChatIdentity = Pick<ChatItem, "id" | "kind" | "title" | "members">;

/** The other member of a direct chat; null in a group, or when the account was erased. */
export function otherMember({ kind, members }: ChatIdentity, viewerId: string) {
  return kind === "direct" ? (members.find(({ userId }) => userId !== viewerId) ?? null) : null;
}

/** The avatar of a chat; its id also determines the chat's colour. */
export function chatAvatar(chat: ChatIdentity, viewerId: string): { id: string; round: boolean } {
  const other = otherMember(chat, viewerId);
  return { id: other?.userId ?? chat.id, round: chat.kind === "direct" };
}

/** The display name of a chat. */
export function useChatName(): (chat: ChatIdentity, viewerId: string) => string {
  const t = useTranslations("chat");
  return (chat, viewerId) =>
    chat.kind === "direct" ? (otherMember(chat, viewerId)?.name ?? t("gone")) : (chat.title ?? t("untitled"));
}
