"use client";

import { Flag, type LucideIcon, Pencil, Pin, PinOff, Reply, SmilePlus, Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { type KeyboardEvent, useLayoutEffect, useRef, useState } from "react";
import { cn } from "@/app/_ui/cn";
import { useMessageContext } from "./message-context";
import type { ChatMessage } from "./store/chat-api";

export const REACTION_EMOJI = ["🔥", "❤️", "👏", "😂", "😮", "🎧", "👍", "👎"] as const;

const BUTTON_CLASS =
  "inline-flex size-9 items-center justify-center rounded-full text-muted transition-colors hover:bg-ink/8 hover:text-ink";

interface Props {
  message: ChatMessage;
  own: boolean;
  tabIndex: number;
}

/** The actions on a message, shown on hover and focus. Arrow keys move the focus between them. */
export function MessageTools({ message, own, tabIndex }: Props) {
  const t = useTranslations("chat");
  const { canDeleteAny, report, reply, edit, remove, pin, react, viewerId } = useMessageContext();
  const [isPickingReaction, setIsPickingReaction] = useState(false);
  const bar = useRef<HTMLDivElement>(null);
  const shouldFocus = useRef(false);
  const pinned = message.pinnedAt !== null;

  const showReactions = (isOpen: boolean) => {
    setIsPickingReaction(isOpen);
    shouldFocus.current = true;
  };
  // Other buttons are shown now; the focus stays in the toolbar.
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when the buttons are replaced
  useLayoutEffect(() => {
    if (shouldFocus.current) bar.current?.querySelector("button")?.focus();
    shouldFocus.current = false;
  }, [isPickingReaction]);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step !== undefined) {
      const buttons = [...(bar.current?.querySelectorAll("button") ?? [])];
      const index = buttons.findIndex((button) => button.contains(document.activeElement));
      buttons.at((index + step) % buttons.length)?.focus();
    } else if (event.key === "Escape" && isPickingReaction) showReactions(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const toggleReaction = (emoji: string) => {
    const on = !message.reactions.some((given) => given.emoji === emoji && given.userIds.includes(viewerId));
    void react(message, emoji, on);
    setIsPickingReaction(false);
    bar.current?.closest<HTMLElement>("article")?.focus();
  };

  return (
    <div
      ref={bar}
      role="toolbar"
      aria-label={t(isPickingReaction ? "reactions" : "tools")}
      onKeyDown={onKeyDown}
      className={cn(
        "absolute -top-8 z-10 flex rounded-full border border-line bg-raised p-0.5 opacity-0 shadow-lg transition-opacity",
        "pointer-events-none group-hover/message:pointer-events-auto group-hover/message:opacity-100",
        "group-focus-within/message:pointer-events-auto group-focus-within/message:opacity-100",
        own ? "right-0" : "left-0",
      )}
    >
      {isPickingReaction ? (
        REACTION_EMOJI.map((emoji) => (
          <button
            key={emoji}
            type="button"
            tabIndex={tabIndex}
            aria-label={t("give", { emoji })}
            onClick={() => toggleReaction(emoji)}
            className={cn(BUTTON_CLASS, "text-lg")}
          >
            <span aria-hidden="true">{emoji}</span>
          </button>
        ))
      ) : (
        <>
          <ToolButton
            Icon={SmilePlus}
            label={t("react")}
            tabIndex={tabIndex}
            onClick={() => showReactions(true)}
          />
          <ToolButton Icon={Reply} label={t("reply")} tabIndex={tabIndex} onClick={() => reply(message)} />
          <ToolButton
            Icon={pinned ? PinOff : Pin}
            label={t(pinned ? "unpin" : "pin")}
            tabIndex={tabIndex}
            onClick={() => pin(message, !pinned)}
          />
          {own ? (
            <ToolButton Icon={Pencil} label={t("edit")} tabIndex={tabIndex} onClick={() => edit(message)} />
          ) : null}
          {own || message.authorId === null ? null : (
            <ToolButton Icon={Flag} label={t("report")} tabIndex={tabIndex} onClick={() => report(message)} />
          )}
          {own || canDeleteAny ? (
            <ToolButton
              Icon={Trash2}
              label={t("delete")}
              tabIndex={tabIndex}
              onClick={() => remove(message)}
            />
          ) : null}
        </>
      )}
    </div>
  );
}

interface ToolProps {
  Icon: LucideIcon;
  label: string;
  tabIndex: number;
  onClick: () => void;
}

function ToolButton({ Icon, label, tabIndex, onClick }: ToolProps) {
  return (
    <button
      type="button"
      tabIndex={tabIndex}
      aria-label={label}
      title={label}
      onClick={onClick}
      className={BUTTON_CLASS}
    >
      <Icon className="size-4.5" aria-hidden="true" />
    </button>
  );
}
