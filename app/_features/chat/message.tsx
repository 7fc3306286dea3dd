"use client";

import { Check, CheckCheck, Pin } from "lucide-react";
import { useFormatter, useTranslations } from "next-intl";
import { memo, useState } from "react";
import { Cover } from "@/app/_art/cover";
import { tintStyle } from "@/app/_features/posts/tint-style";
import { cn } from "@/app/_ui/cn";
import { PersonLink } from "@/app/_ui/person-link";
import { Attachments } from "./attachments";
import { Bubble } from "./bubble";
import { useIsCollapsed, useMessageContext } from "./message-context";
import { textWithoutPostLink } from "./message-excerpt";
import { MessageText } from "./message-text";
import { MessageTools } from "./message-tools";
import { PostCard } from "./post-card";
import { QuoteButton } from "./quote";
import { Reactions } from "./reactions";
import type { ChatMessage } from "./store/chat-api";
import { isOnlyEmoji } from "./text-parts";
import { useBrowserTimeZone } from "./use-browser-time-zone";

interface Props {
  message: ChatMessage;
  first: boolean;
  /** The only message in the tab order. */
  isTabStop: boolean;
  /** Whether the other member has read it; null where that is not shown. */
  isRead: boolean | null;
  /** The viewer has just jumped to it. */
  isHighlighted: boolean;
}

/** One message. Memoised: it renders again only when its props or the context change. */
export const Message = memo(function Message({ message, first, isTabStop, isRead, isHighlighted }: Props) {
  const t = useTranslations("chat");
  const { viewerId, kind, jumpTo } = useMessageContext();
  const [isRevealed, setIsRevealed] = useState(false);
  const collapsed = useIsCollapsed(message.authorId) && !isRevealed;
  const own = message.authorId === viewerId;
  const deleted = message.deletedAt !== null;
  const tabIndex = isTabStop ? 0 : -1;
  const partId = (part: string) => `${message.id}-${part}`;
  const name = own ? t("you") : (message.authorName ?? t("gone"));
  const showsAuthor = first && !own;
  const text = textWithoutPostLink(message);
  return (
    <article
      id={`m-${message.id}`}
      data-seq={message.seq}
      tabIndex={tabIndex}
      aria-labelledby={`${partId("name")} ${partId("body")} ${partId("meta")}`}
      className={cn(
        "group/message relative flex scroll-m-12 gap-2.5 rounded-2xl px-2 outline-offset-1 sm:px-3",
        first ? "pt-2" : "pt-0.5",
        own ? "justify-end pl-12 sm:pl-24" : "pr-10 sm:pr-24",
        isHighlighted && "animate-found",
      )}
    >
      {own ? null : showsAuthor ? (
        <Cover id={message.authorId ?? "gone"} className="mt-0.5 size-9 shrink-0 rounded-full" />
      ) : (
        <span className="w-9 shrink-0" />
      )}
      <div className={cn("relative flex min-w-0 flex-col", own ? "items-end" : "items-start")}>
        {deleted || collapsed ? null : <MessageTools message={message} own={own} tabIndex={tabIndex} />}
        <Bubble
          own={own}
          first={first}
          bare={!deleted && !collapsed && message.replyTo === null && isOnlyEmoji(text)}
        >
          <p
            id={partId("name")}
            dir="auto"
            style={tintStyle(message.authorId ?? message.id)}
            className={cn(
              "tinted truncate text-left text-sm font-semibold text-tint-text",
              (!showsAuthor || kind === "direct") && "sr-only",
            )}
          >
            {showsAuthor && kind !== "direct" && message.authorName !== null ? (
              <PersonLink name={name} handle={message.authorHandle} tabIndex={tabIndex} />
            ) : (
              name
            )}
          </p>
          <div id={partId("body")}>
            {deleted ? (
              <p className="text-muted italic">{t("deleted")}</p>
            ) : collapsed ? (
              <p className="text-muted">
                <span className="italic">{t("blockedMessage")}</span>{" "}
                <button
                  type="button"
                  tabIndex={tabIndex}
                  onClick={(event) => {
                    setIsRevealed(true);
                    event.currentTarget.closest<HTMLElement>("article")?.focus();
                  }}
                  className="font-semibold underline underline-offset-4"
                >
                  {t("showMessage")}
                </button>
              </p>
            ) : (
              <>
                {message.replyTo ? (
                  <QuoteButton quote={message.replyTo} tabIndex={tabIndex} onJump={jumpTo} />
                ) : null}
                <Attachments files={message.attachments} tabIndex={tabIndex} />
                {text ? (
                  <MessageText
                    text={text}
                    mentions={message.mentions}
                    viewerId={viewerId}
                    tabIndex={tabIndex}
                  />
                ) : null}
                {message.post ? <PostCard post={message.post} tabIndex={tabIndex} /> : null}
              </>
            )}
          </div>
          <MessageMeta id={partId("meta")} message={message} isRead={isRead} />
        </Bubble>
        {deleted || collapsed ? null : <Reactions message={message} tabIndex={tabIndex} />}
      </div>
    </article>
  );
});

function MessageMeta({ id, message, isRead }: { id: string; message: ChatMessage; isRead: boolean | null }) {
  const t = useTranslations("chat");
  const format = useFormatter();
  const timeZone = useBrowserTimeZone();
  const date = new Date(message.createdAt);
  const Tick = isRead ? CheckCheck : Check;
  return (
    <p
      id={id}
      className="tabular mt-0.5 flex items-center justify-end gap-1 text-[0.6875rem] leading-4 text-muted"
    >
      {message.pinnedAt ? <Pin className="size-3" aria-label={t("pinned")} role="img" /> : null}
      {message.editedAt && !message.deletedAt ? <span>{t("edited")}</span> : null}
      <time
        dateTime={message.createdAt}
        title={format.dateTime(date, { dateStyle: "long", timeStyle: "short", timeZone })}
      >
        {format.dateTime(date, { timeStyle: "short", timeZone })}
      </time>
      {isRead === null ? null : (
        <Tick
          role="img"
          aria-label={t(isRead ? "read" : "sent")}
          className={cn("size-3.5", isRead ? "text-tint-text" : null)}
        />
      )}
    </p>
  );
}
