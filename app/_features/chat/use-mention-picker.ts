"use client";

import { type KeyboardEvent, type RefObject, useId, useState } from "react";
import { type MentionedUser, mentionLabel, mentionQueryAt } from "./mention-markup";
import type { ChatMember } from "./store/chat-api";

const MAX_SUGGESTIONS = 6;

interface Options {
  field: RefObject<HTMLTextAreaElement | null>;
  text: string;
  /** Members that can be mentioned: all except the viewer. */
  members: readonly ChatMember[];
  insertMention: (text: string, caret: number, user: MentionedUser) => void;
}

/** Suggests members while a mention is typed: arrow keys select, Enter or Tab inserts, Escape dismisses. */
export function useMentionPicker({ field, text, members, insertMention }: Options) {
  const listId = useId();
  const [caret, setCaret] = useState(0);
  const [selectedIndex, setSelectedIndex] = useState(0);
  /** The text in which Escape was pressed; suggestions stay hidden until it changes. */
  const [dismissedText, setDismissedText] = useState<string | null>(null);
  const mentionQuery = text === dismissedText ? null : mentionQueryAt(text, caret);
  const query = mentionQuery?.query.toLocaleLowerCase() ?? "";
  const suggestions = mentionQuery
    ? members.filter(({ name }) => matchesName(name.toLocaleLowerCase(), query)).slice(0, MAX_SUGGESTIONS)
    : [];
  const activeIndex = Math.min(selectedIndex, suggestions.length - 1);

  const select = (member: ChatMember) => {
    if (!mentionQuery) return;
    const user = { userId: member.userId, name: member.name };
    const before = `${text.slice(0, mentionQuery.from)}${mentionLabel(user)} `;
    insertMention(before + text.slice(caret), before.length, user);
    setSelectedIndex(0);
  };

  return {
    listId,
    suggestions,
    activeIndex,
    select,
    optionId: (index: number) => `${listId}-${String(index)}`,
    /** Call after each change of the text or the caret. */
    onCaretMove: () => {
      setCaret(field.current?.selectionStart ?? 0);
      setSelectedIndex(0);
    },
    /** @returns whether the list has handled the key */
    onKeyDown: (event: KeyboardEvent): boolean => {
      const member = suggestions[activeIndex];
      if (!member) return false;
      if (event.key === "ArrowDown") setSelectedIndex((activeIndex + 1) % suggestions.length);
      else if (event.key === "ArrowUp")
        setSelectedIndex((activeIndex + suggestions.length - 1) % suggestions.length);
      else if (event.key === "Enter" || event.key === "Tab") select(member);
      else if (event.key === "Escape") setDismissedText(text);
      else return false;
      event.preventDefault();
      event.stopPropagation();
      return true;
    },
  };
}

export type MentionPicker = ReturnType<typeof useMentionPicker>;

/** Matches the beginning of any word of the name. */
function matchesName(name: string, query: string): boolean {
  return name.startsWith(query) || name.split(/\s+/).some((word) => word.startsWith(query));
}
