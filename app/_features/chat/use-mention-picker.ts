"use client";

import { type KeyboardEvent, type RefObject, useId, useState } from "react";
import { mentionOf, type Named, typedMention } from "./mention-markup";
import type { Member } from "./store/chat-api";

const MOST_OFFERED = 6;

interface Options {
  field: RefObject<HTMLTextAreaElement | null>;
  text: string;
  /** Who can be named: the others. */
  members: readonly Member[];
  choose: (text: string, caret: number, person: Named) => void;
}

/** Offers members while `@` is being typed: arrow keys choose, Enter or Tab takes, Escape leaves it. */
export function useMentions({ field, text, members, choose }: Options) {
  const listId = useId();
  const [caret, setCaret] = useState(0);
  const [place, setPlace] = useState(0);
  /** The text in which Escape was pressed: there it is not offered again. */
  const [left, setLeft] = useState<string | null>(null);
  const typed = text === left ? null : typedMention(text, caret);
  const sought = typed?.query.toLocaleLowerCase() ?? "";
  const offered = typed
    ? members.filter(({ name }) => matches(name.toLocaleLowerCase(), sought)).slice(0, MOST_OFFERED)
    : [];
  const at = Math.min(place, offered.length - 1);

  const take = (member: Member) => {
    if (!typed) return;
    const person = { userId: member.userId, name: member.name };
    const before = `${text.slice(0, typed.from)}${mentionOf(person)} `;
    choose(before + text.slice(caret), before.length, person);
    setPlace(0);
  };

  return {
    listId,
    offered,
    at,
    take,
    optionId: (index: number) => `${listId}-${String(index)}`,
    /** After each change, and each move of the caret. */
    note: () => {
      setCaret(field.current?.selectionStart ?? 0);
      setPlace(0);
    },
    /** @returns whether the key was for the list */
    onKey: (event: KeyboardEvent): boolean => {
      const member = offered[at];
      if (!member) return false;
      if (event.key === "ArrowDown") setPlace((at + 1) % offered.length);
      else if (event.key === "ArrowUp") setPlace((at + offered.length - 1) % offered.length);
      else if (event.key === "Enter" || event.key === "Tab") take(member);
      else if (event.key === "Escape") setLeft(text);
      else return false;
      event.preventDefault();
      event.stopPropagation();
      return true;
    },
  };
}

export type Mentioning = ReturnType<typeof useMentions>;

/** By the beginning of any of its words. */
function matches(name: string, sought: string): boolean {
  return name.startsWith(sought) || name.split(/\s+/).some((word) => word.startsWith(sought));
}
