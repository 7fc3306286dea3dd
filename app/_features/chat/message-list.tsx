"use client";

import { ArrowDown } from "lucide-react";
import { useTranslations } from "next-intl";
import { type KeyboardEvent, useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import { cn } from "@/app/_ui/cn";
import { Day } from "./day-divider";
import { focusComposer } from "./focus";
import { Edge } from "./history-edge";
import { Message } from "./message";
import { useMessageContext } from "./message-context";
import { rowsOf } from "./message-rows";
import { PendingMessage } from "./pending-message";
import type { Shown } from "./store/conversation-view";
import { useZone } from "./use-browser-time-zone";
import type { Conversation } from "./use-conversation";
import { useScroll } from "./use-scroll-anchor";

/** A jump to a message; a new object each time. */
export interface Target {
  seq: number;
}

interface Props {
  chatId: string;
  shown: Shown;
  history: Conversation["history"];
  /** The first message that was new when the page was opened; null when there is none, or it is not loaded. */
  newFrom: number | null;
  /** Up to where the other person has read; null in a group. */
  otherRead: number | null;
  target: Target | null;
  /** Sees all up to the newest. */
  onSeen: (seq: number) => void;
}

/** The messages: a log that keeps its place, reaches back as far as there is anything, and moves by arrow keys. */
export function MessageList({ chatId, shown, history, newFrom, otherRead, target, onSeen }: Props) {
  const t = useTranslations("chat");
  const { viewerId } = useMessageContext();
  const timeZone = useZone();
  const { messages, pending, hasOlder, hasNewer, lastSeq } = shown;
  const rows = useMemo(
    () => rowsOf({ messages, pending, viewerId, newFrom, timeZone }),
    [messages, pending, viewerId, newFrom, timeZone],
  );
  const { scroller, atEnd, note, toEnd, letGo } = useScroll(rows, !hasNewer);
  const [active, setActive] = useState<number | null>(null);
  const [found, setFound] = useState<Target | null>(null);
  const activeSeq = messages.some(({ seq }) => seq === active) ? active : (messages.at(-1)?.seq ?? null);

  // What is unread begins in sight.
  const divider = useRef<HTMLLIElement>(null);
  useEffect(() => divider.current?.scrollIntoView({ block: "center" }), []);

  // One's own words are always followed, also to the end that is loaded for them.
  const newestPending = pending.at(-1)?.clientId;
  useEffect(() => {
    if (newestPending !== undefined && !hasNewer) toEnd();
  }, [newestPending, hasNewer, toEnd]);

  const [seenTo, setSeenTo] = useState(lastSeq);
  const see = useEffectEvent(() => {
    if (!atEnd || hasNewer || document.visibilityState !== "visible") return;
    setSeenTo(lastSeq);
    onSeen(lastSeq);
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: each of these may bring the newest into sight
  useEffect(() => {
    see();
    document.addEventListener("visibilitychange", see);
    return () => document.removeEventListener("visibilitychange", see);
  }, [atEnd, hasNewer, lastSeq]);
  const unseen = messages.filter(({ seq, authorId }) => seq > seenTo && authorId !== viewerId).length;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the message may be among the next rows
  useEffect(() => {
    if (!target) return;
    const element = scroller.current?.querySelector<HTMLElement>(`[data-seq="${String(target.seq)}"]`);
    if (!element || found === target) return;
    letGo();
    setFound(target);
    setActive(target.seq);
    element.scrollIntoView({ block: "center" });
    element.focus({ preventScroll: true });
  }, [target, found, scroller, letGo, rows]);

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key === "Escape") return stepOut();
    const all = [...event.currentTarget.querySelectorAll<HTMLElement>("article[data-seq]")];
    const place = all.findIndex((each) => each.contains(document.activeElement));
    const to = { ArrowUp: place - 1, ArrowDown: place + 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined || place < 0 || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    const next = all[Math.max(0, Math.min(to, all.length - 1))];
    setActive(Number(next?.dataset.seq));
    next?.focus();
  };

  return (
    <div className="relative min-h-0 grow">
      <div
        ref={scroller}
        data-scroller
        onScroll={note}
        className="flex h-full flex-col-reverse overflow-x-clip overflow-y-auto overscroll-contain [overflow-anchor:none]"
      >
        <div className="mx-auto w-full max-w-4xl px-1 pt-10 pb-3 sm:px-4">
          {hasOlder ? (
            <Edge
              key="older"
              href={`/chat/${chatId}?before=${String(messages[0]?.seq ?? 1)}`}
              label="older"
              load={history.older}
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
            // What is new is said by the announcer, less often and in fewer words.
            aria-live="off"
            onKeyDown={onKeyDown}
            onFocus={({ target: focused }) => {
              const seq = focused.closest<HTMLElement>("article[data-seq]")?.dataset.seq;
              if (seq !== undefined) setActive(Number(seq));
            }}
          >
            <ol>
              {rows.map((row) => {
                if (row.kind === "day") return <Day key={row.key} at={row.at} />;
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
                      active={message.seq === activeSeq}
                      read={own && otherRead !== null && !message.deletedAt ? otherRead >= message.seq : null}
                      found={found !== null && found === target && found.seq === message.seq}
                    />
                  </li>
                );
              })}
            </ol>
          </div>
          {hasNewer ? (
            <Edge
              key="newer"
              href={`/chat/${chatId}`}
              label="newer"
              load={history.newer}
              version={messages.at(-1)?.seq ?? 0}
            />
          ) : null}
        </div>
      </div>
      {atEnd && !hasNewer ? null : (
        <button
          type="button"
          onClick={() =>
            void history.newest().then(() => {
              setActive(null);
              requestAnimationFrame(() => toEnd(true));
            })
          }
          className={cn(
            "absolute right-4 bottom-3 z-10 inline-flex h-11 animate-settle items-center gap-2 rounded-full font-semibold shadow-xl",
            unseen > 0
              ? "bg-accent px-4 text-on-accent"
              : "w-11 justify-center border border-line-strong bg-raised text-ink",
          )}
        >
          <ArrowDown className="size-5" aria-hidden="true" />
          <span className={unseen > 0 ? "tabular" : "sr-only"}>
            {unseen > 0 ? t("unseen", { count: unseen }) : t("toNewest")}
          </span>
        </button>
      )}
    </div>
  );
}

/** From a tool to its message, from a message to the line one writes on. */
function stepOut(): void {
  const focused = document.activeElement;
  const message = focused?.closest<HTMLElement>("article") ?? null;
  if (message !== focused) message?.focus();
  else focusComposer();
}
