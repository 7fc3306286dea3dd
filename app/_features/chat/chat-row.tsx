"use client";

import { Paperclip } from "lucide-react";
import { useFormatter, useTranslations } from "next-intl";
import { tintStyle } from "@/app/_features/posts/tint-style";
import { cn } from "@/app/_ui/cn";
import { Link } from "@/app/_ui/link";
import type { ChatItem } from "@/lib/schemas/chat";
import { Avatar } from "./avatar";
import { chatAvatar, otherMember, useChatName } from "./chat-identity";
import { messageExcerpt } from "./message-excerpt";
import { useBrowserTimeZone } from "./use-browser-time-zone";

const DAY_MS = 86_400_000;

interface Props {
  chat: ChatItem;
  viewerId: string;
  current: boolean;
  /** Whose last message in a group is collapsed. */
  blockedIds: readonly string[];
  renderedAt: number;
}

/** One chat of the list: name, last message and unread count. */
export function ChatRow({ chat, viewerId, current, blockedIds, renderedAt }: Props) {
  const t = useTranslations("chat");
  const name = useChatName()(chat, viewerId);
  const avatar = chatAvatar(chat, viewerId);
  const unread = current ? 0 : chat.unreadCount;
  return (
    <li
      style={tintStyle(avatar.id)}
      className={cn(
        "tinted relative grid grid-cols-[3rem_minmax(0,1fr)] items-center gap-x-3 rounded-2xl px-2.5 py-2 transition-colors",
        current ? "bg-tint-strong" : "hover:bg-tint",
      )}
    >
      <Avatar id={avatar.id} round={avatar.round} userId={otherMember(chat, viewerId)?.userId} />
      <div className="min-w-0">
        <div className="flex items-baseline gap-2">
          <Link
            href={`/chat/${chat.id}`}
            aria-current={current ? "page" : undefined}
            dir="auto"
            className={cn(
              "stretched truncate text-left outline-none",
              unread > 0 ? "font-bold" : "font-semibold",
            )}
          >
            {name}
          </Link>
          <LastMessageTime at={chat.lastMessageAt ?? chat.createdAt} renderedAt={renderedAt} />
        </div>
        <div className="flex items-center gap-2">
          <p className={cn("min-w-0 grow truncate text-sm", unread > 0 ? "text-ink" : "text-muted")}>
            <LastMessage chat={chat} viewerId={viewerId} blockedIds={blockedIds} />
          </p>
          {unread > 0 ? (
            <span className="tabular min-w-5.5 shrink-0 rounded-full bg-accent px-1.5 text-center text-xs leading-5.5 font-bold text-on-accent">
              <span aria-hidden="true">{unread > 99 ? "99+" : unread}</span>
              <span className="sr-only">{t("unread", { count: unread })}</span>
            </span>
          ) : null}
        </div>
      </div>
    </li>
  );
}

function LastMessage({ chat, viewerId, blockedIds }: Pick<Props, "chat" | "viewerId" | "blockedIds">) {
  const t = useTranslations("chat");
  const { lastMessage: last, kind } = chat;
  if (!last) return t("nothingSaid");
  if (last.deletedAt !== null) return <span className="italic">{t("deleted")}</span>;
  if (kind === "group" && last.authorId !== null && blockedIds.includes(last.authorId))
    return <span className="italic">{t("blockedMessage")}</span>;
  const own = last.authorId === viewerId;
  const author = own ? t("you") : kind === "group" ? (last.authorName ?? t("gone")) : null;
  return (
    <>
      {author === null ? null : (
        <span className="text-ink/80">
          <bdi>{author}</bdi>:{" "}
        </span>
      )}
      {last.attachments.length > 0 ? (
        <Paperclip
          className="mr-1 inline size-3.5 align-[-0.15em]"
          aria-label={t("files", { count: last.attachments.length })}
        />
      ) : null}
      <bdi>{messageExcerpt(last)}</bdi>
    </>
  );
}

/** The time today, the weekday for the last 6 days, the date before that. */
function LastMessageTime({ at, renderedAt }: { at: string; renderedAt: number }) {
  const format = useFormatter();
  const timeZone = useBrowserTimeZone();
  const date = new Date(at);
  const today = format.dateTime(new Date(renderedAt), { dateStyle: "short", timeZone });
  const isToday = format.dateTime(date, { dateStyle: "short", timeZone }) === today;
  const text = isToday
    ? format.dateTime(date, { timeStyle: "short", timeZone })
    : renderedAt - date.getTime() < 6 * DAY_MS
      ? format.dateTime(date, { weekday: "short", timeZone })
      : format.dateTime(date, { day: "numeric", month: "short", timeZone });
  return (
    <time dateTime={at} className="tabular ml-auto shrink-0 text-xs text-muted">
      {text}
    </time>
  );
}
