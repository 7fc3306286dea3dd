"use client";

import { useTranslations } from "next-intl";
import { cn } from "@/app/_ui/cn";
import { Avatar } from "./avatar";
import type { MentionPicker } from "./use-mention-picker";

/** Members that can be mentioned. The focus stays in the text field, whose keys control the list. */
export function MentionList({ picker }: { picker: MentionPicker }) {
  const t = useTranslations("chat");
  const { listId, suggestions, activeIndex, optionId, select } = picker;
  return (
    <>
      <p role="status" className="sr-only">
        {suggestions.length > 0 ? t("offered", { count: suggestions.length }) : ""}
      </p>
      {suggestions.length > 0 ? (
        <div
          id={listId}
          role="listbox"
          aria-label={t("mention")}
          className="absolute bottom-full left-0 z-20 mb-2 w-72 max-w-full animate-settle rounded-2xl border border-line bg-raised p-1.5 shadow-2xl"
        >
          {suggestions.map((member, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the text field handles keys
            <div
              key={member.userId}
              id={optionId(index)}
              role="option"
              tabIndex={-1}
              aria-selected={index === activeIndex}
              // Keeps the focus in the text field.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => select(member)}
              className={cn(
                "flex cursor-pointer items-center gap-2.5 rounded-xl px-2 py-1.5",
                index === activeIndex ? "bg-ink/10" : "hover:bg-ink/6",
              )}
            >
              <Avatar id={member.userId} round userId={member.userId} className="size-8" />
              <bdi className="truncate text-sm font-medium">{member.name}</bdi>
            </div>
          ))}
        </div>
      ) : null}
    </>
  );
}
