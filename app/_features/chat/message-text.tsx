"use client";

import { cn } from "@/app/_ui/cn";
import { isOnlyEmoji, parseTextParts } from "./text-parts";

interface Props {
  text: string;
  /** With current names. */
  mentions: readonly { userId: string; name: string }[];
  viewerId: string;
  /** Of its links. */
  tabIndex: number;
}

/** The text of a message, with links and mentions. */
export function MessageText({ text, mentions, viewerId, tabIndex }: Props) {
  if (isOnlyEmoji(text)) return <p className="text-[2.75rem] leading-tight">{text}</p>;
  const namesById = new Map(mentions.map(({ userId, name }) => [userId, name]));
  return (
    <p className="leading-snug whitespace-pre-wrap [overflow-wrap:anywhere]">
      {parseTextParts(text).map((part, index) => {
        // biome-ignore-start lint/suspicious/noArrayIndexKey: the parts of a text have no other key
        if (part.kind === "text") return <span key={index}>{part.text}</span>;
        if (part.kind === "mention") {
          return (
            <strong
              key={index}
              className={cn(
                "rounded-md px-1 font-semibold text-tint-text",
                part.userId === viewerId ? "bg-accent text-on-accent" : "bg-tint-text/12",
              )}
            >
              @{namesById.get(part.userId) ?? part.name}
            </strong>
          );
        }
        return (
          <a
            key={index}
            href={part.href}
            target="_blank"
            rel="noopener noreferrer nofollow"
            tabIndex={tabIndex}
            className="text-tint-text underline decoration-1 underline-offset-3 hover:decoration-2"
          >
            {part.text}
          </a>
        );
        // biome-ignore-end lint/suspicious/noArrayIndexKey: as above
      })}
    </p>
  );
}
