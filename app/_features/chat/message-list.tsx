"use client";

import { ArrowDown } from "lucide-react";
import { useTranslations } from "next-intl";
import { type KeyboardEvent, useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import { cn } from "@/app/_ui/cn";
import { DayDivider } from "./day-divider";
import { focusComposer } from "./focus";
import { HistoryEdge } from "./history-edge";
import { Message } from "./message";
import { useMessageContext } from "./message-context";
import { buildRows } from "./message-rows";
import { PendingMessage } from "./pending-message";
import type { ConversationView } from "./store/conversation-view";
import { useBrowserTimeZone } from "./use-browser-time-zone";
import type { ConversationState } from "./use-conversation";
import { useScrollAnchor } from "./use-scroll-anchor";

/** The target of a jump; each jump creates a new object. */
export interface JumpTarget {
  seq: number;
}

interface Props {
  chatId: string;
  view: ConversationView;
  history: ConversationState["history"];
  /** The first message that was unread when the page was opened; null when there is none or it is not loaded. */
  firstUnreadSeq: number | null;
  /** `seq` up to which the other member has read; null in a group. */
  otherReadSeq: number | null;
  target: JumpTarget | null;
  /** Called when the newest message (`seq`) is visible. */
  onSeen: (seq: number) => void;
}

/** The messages: a log that keeps its scroll position, loads older messages and supports arrow keys. */
export function MessageList({ chatId, view, history, firstUnreadSeq, otherReadSeq, target, onSeen }: Props) {
  const t = useTranslations("chat");
  const { viewerId } = useMessageContext();
  const timeZone = useBrowserTimeZone();
  const { messages, pending, hasOlder, hasNewer, lastSeq } = view;
  const rows = useMemo(
    () => buildRows({ messages, pending, viewerId, firstUnreadSeq, timeZone }),
    [messages, pending, viewerId, firstUnreadSeq, timeZone],
  );
  const { scroller, atEnd, onScroll, scrollToEnd, releaseAnchor } = useScrollAnchor(rows, !hasNewer);
  const [focusedSeq, setFocusedSeq] = useState<number | null>(null);
  const [reachedTarget, setReachedTarget] = useState<JumpTarget | null>(null);
  const tabStopSeq = messages.some(({ seq }) => seq === focusedSeq)
    ? focusedSeq
    : (messages.at(-1)?.seq ?? null);

  // The first unread message is in view from the start.
  const divider = useRef<HTMLLIElement>(null);
  // In braces: newer browsers return a promise here, which React would call as the effect's clean-up.
  useEffect(() => {
    divider.current?.scrollIntoView({ block: "center" });
  }, []);

  // The list always scrolls to the viewer's new message, also when the end has to be loaded first.
  const newestPending = pending.at(-1)?.clientId;
  useEffect(() => {
    if (newestPending !== undefined && !hasNewer) scrollToEnd();
  }, [newestPending, hasNewer, scrollToEnd]);

  const [seenSeq, setSeenSeq] = useState(lastSeq);
  const markSeen = useEffectEvent(() => {
    if (!atEnd || hasNewer || document.visibilityState !== "visible") return;
    setSeenSeq(lastSeq);
    onSeen(lastSeq);
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: each of these may bring the newest message into view
  useEffect(() => {
    markSeen();
    document.addEventListener("visibilitychange", markSeen);
    return () => document.removeEventListener("visibilitychange", markSeen);
  }, [atEnd, hasNewer, lastSeq]);
  const unseenCount = messages.filter(({ seq, authorId }) => seq > seenSeq && authorId !== viewerId).length;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the target may be among the new rows
  useEffect(() => {
    if (!target) return;
    const element = scroller.current?.querySelector<HTMLElement>(`[data-seq="${String(target.seq)}"]`);
    if (!element || reachedTarget === target) return;
    releaseAnchor();
    setReachedTarget(target);
    setFocusedSeq(target.seq);
    element.scrollIntoView({ block: "center" });
    element.focus({ preventScroll: true });
  }, [target, reachedTarget, scroller, releaseAnchor, rows]);

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key === "Escape") return moveFocusOut();
    const articles = [...event.currentTarget.querySelectorAll<HTMLElement>("article[data-seq]")];
    const index = articles.findIndex((article) => article.contains(document.activeElement));
    const nextIndex = { ArrowUp: index - 1, ArrowDown: index + 1, Home: 0, End: articles.length - 1 }[
      event.key
    ];
    if (nextIndex === undefined || index < 0 || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    const next = articles[Math.max(0, Math.min(nextIndex, articles.length - 1))];
    setFocusedSeq(Number(next?.dataset.seq));
    next?.focus();
  };

  return (
    <div className="relative min-h-0 grow">
      <div
        ref={scroller}
        data-scroller
        onScroll={onScroll}
        className="flex h-full flex-col-reverse overflow-x-clip overflow-y-auto overscroll-contain [overflow-anchor:none]"
      >
        <div className="mx-auto w-full max-w-4xl px-1 pt-10 pb-3 sm:px-4">
          {hasOlder ? (
            <HistoryEdge
              key="older"
              href={`/chat/${chatId}?before=${String(messages[0]?.seq ?? 1)}`}
              label="older"
              load={history.loadOlder}
              version={messages[0]?.seq ?? 0}
            />
          ) : (
            <p className="pb-4 text-center text-sm text-faint">
              {t(messages.length > 0 ? "beginning" : "empty")}
            </p>
          )}
          <div
            role="log"
            aria-label={t("log")}
            // useMessageAnnouncer announces new messages, less often and more briefly.
            aria-live="off"
            onKeyDown={onKeyDown}
            onFocus={({ target: focused }) => {
              const seq = focused.closest<HTMLElement>("article[data-seq]")?.dataset.seq;
              if (seq !== undefined) setFocusedSeq(Number(seq));
            }}
          >
            <ol>
              {rows.map((row) => {
                if (row.kind === "day") return <DayDivider key={row.key} at={row.at} />;
                if (row.kind === "new") {
                  return (
                    <li
                      key={row.key}
                      ref={divider}
                      className="my-3 flex scroll-m-4 items-center gap-3 px-3 text-xs font-bold text-accent-text"
                    >
                      <span className="h-0.5 grow rounded-full bg-mark" aria-hidden="true" />
                      {t("newFromHere")}
                      <span className="h-0.5 grow rounded-full bg-mark" aria-hidden="true" />
                    </li>
                  );
                }
                if (row.kind === "pending") {
                  return (
                    <li key={row.key}>
                      <PendingMessage pending={row.pending} first={row.first} />
                    </li>
                  );
                }
                const { message, first } = row;
                const own = message.authorId === viewerId;
                return (
                  <li key={row.key}>
                    <Message
                      message={message}
                      first={first}
                      isTabStop={message.seq === tabStopSeq}
                      isRead={
                        own && otherReadSeq !== null && !message.deletedAt
                          ? otherReadSeq >= message.seq
                          : null
                      }
                      isHighlighted={
                        reachedTarget !== null &&
                        reachedTarget === target &&
                        reachedTarget.seq === message.seq
                      }
                    />
                  </li>
                );
              })}
            </ol>
          </div>
          {hasNewer ? (
            <HistoryEdge
              key="newer"
              href={`/chat/${chatId}`}
              label="newer"
              load={history.loadNewer}
              version={messages.at(-1)?.seq ?? 0}
            />
          ) : null}
        </div>
      </div>
      {atEnd && !hasNewer ? null : (
        <button
          type="button"
          onClick={() =>
            void history.loadNewest().then(() => {
              setFocusedSeq(null);
              requestAnimationFrame(() => scrollToEnd(true));
            })
          }
          className={cn(
            "absolute right-4 bottom-3 z-10 inline-flex h-11 animate-settle items-center gap-2 rounded-full font-semibold shadow-xl",
            unseenCount > 0
              ? "bg-accent px-4 text-on-accent"
              : "w-11 justify-center border border-line-strong bg-raised text-ink",
          )}
        >
          <ArrowDown className="size-5" aria-hidden="true" />
          <span className={unseenCount > 0 ? "tabular" : "sr-only"}>
            {unseenCount > 0 ? t("unseen", { count: unseenCount }) : t("toNewest")}
          </span>
        </button>
      )}
    </div>
  );
}

/** Moves the focus from a tool to its message, or from a message to the composer. */
function moveFocusOut(): void {
  const focused = document.activeElement;
  const message = focused?.closest<HTMLElement>("article") ?? null;
  if (message !== focused) message?.focus();
  else focusComposer();
}
