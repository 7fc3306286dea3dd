"use client";

import { cn } from "@/app/_ui/cn";
import { TextLink } from "@/app/_ui/linked-text";
import { LongText } from "@/app/_ui/long-text";
import { PersonLink } from "@/app/_ui/person-link";
import { isOnlyEmoji, parseTextParts } from "./text-parts";

/** A longer message begins collapsed: it must not push a conversation off the screen. */
const MAX_LINES = 20;

interface Props {
  text: string;
  /** With current names. */
  mentions: readonly { userId: string; name: string; handle?: string | undefined }[];
  viewerId: string;
  /** Of its links and mentions. */
  tabIndex: number;
}

/** The text of a message, with links and mentions. */
export function MessageText({ text, mentions, viewerId, tabIndex }: Props) {
  if (isOnlyEmoji(text)) return <p className="text-[2.75rem] leading-tight">{text}</p>;
  const mentionsById = new Map(mentions.map((mention) => [mention.userId, mention]));
  return (
    <LongText text={text} maxLines={MAX_LINES} tabIndex={tabIndex} className="leading-snug">
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
              @
              <PersonLink
                name={mentionsById.get(part.userId)?.name ?? part.name}
                handle={mentionsById.get(part.userId)?.handle}
                tabIndex={tabIndex}
              />
            </strong>
          );
        }
        return <TextLink key={index} href={part.href} text={part.text} tabIndex={tabIndex} />;
        // biome-ignore-end lint/suspicious/noArrayIndexKey: as above
      })}
    </LongText>
  );
}
