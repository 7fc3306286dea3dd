"use client";

import { ArrowLeft, Search, UsersRound } from "lucide-react";
import { useTranslations } from "next-intl";
import { BlockButton } from "@/app/_features/contacts/block-button";
import { Button } from "@/app/_ui/button";
import { Link } from "@/app/_ui/link";
import { PersonLink } from "@/app/_ui/person-link";
import type { ChatDetail } from "@/lib/schemas/chat";
import { Avatar } from "./avatar";
import { chatAvatar, otherMember, useChatName } from "./chat-identity";
import { LeaveDirectChat } from "./leave-direct-chat";
import { PresenceLabel } from "./presence";
import { usePresence } from "./store/presence-store";

interface Props {
  chat: ChatDetail;
  viewerId: string;
  renderedAt: number;
  onSearch: () => void;
  onMembers: () => void;
  /** The viewer has blocked the other member, or lifted the block. */
  onBlockChanged: () => void;
}

export function ConversationHead({ chat, viewerId, renderedAt, onSearch, onMembers, onBlockChanged }: Props) {
  const t = useTranslations("chat");
  const name = useChatName()(chat, viewerId);
  const avatar = chatAvatar(chat, viewerId);
  const counterpart = otherMember(chat, viewerId);
  return (
    <header className="relative flex items-center gap-3 border-b border-line bg-tint/70 py-2 pr-2 pl-1 backdrop-blur-lg sm:px-5 sm:py-3">
      <Button asChild look="plain" size="icon" className="lg:hidden">
        <Link href="/chat" aria-label={t("backToList")}>
          <ArrowLeft className="size-5" aria-hidden="true" />
        </Link>
      </Button>
      <Avatar
        id={avatar.id}
        round={avatar.round}
        userId={counterpart?.userId}
        className="size-10 sm:size-12"
      />
      <div className="min-w-0 grow">
        <h1
          dir="auto"
          className="display truncate text-left text-base [text-wrap:nowrap] sm:text-xl"
          title={name}
        >
          {counterpart ? <PersonLink name={name} handle={counterpart.handle} /> : name}
        </h1>
        <p className="truncate text-xs text-muted sm:text-sm">
          {chat.kind === "direct" ? (
            counterpart ? (
              <PresenceLabel userId={counterpart.userId} renderedAt={renderedAt} />
            ) : (
              t("goneText")
            )
          ) : (
            <GroupStatus chat={chat} />
          )}
        </p>
      </div>
      <Button look="plain" size="icon" aria-label={t("search")} title={t("search")} onClick={onSearch}>
        <Search className="size-5" aria-hidden="true" />
      </Button>
      {counterpart ? (
        <BlockButton
          person={counterpart}
          isBlocked={chat.blockedIds.includes(counterpart.userId)}
          compact
          onChanged={onBlockChanged}
        />
      ) : null}
      {chat.kind === "direct" ? <LeaveDirectChat chatId={chat.id} /> : null}
      {chat.kind === "group" ? (
        <Button look="plain" size="icon" aria-label={t("manage")} title={t("manage")} onClick={onMembers}>
          <UsersRound className="size-5" aria-hidden="true" />
        </Button>
      ) : null}
    </header>
  );
}

function GroupStatus({ chat }: { chat: ChatDetail }) {
  const t = useTranslations("chat");
  const ids = chat.members.flatMap(({ userId, left }) => (left ? [] : [userId]));
  const presenceOf = usePresence(ids);
  const online = ids.filter((id) => presenceOf(id)?.state === "online").length;
  return (
    <span className="tabular">
      {t("members", { count: chat.membersCount })}
      {online > 0 ? ` · ${t("onlineCount", { count: online })}` : ""}
    </span>
  );
}
