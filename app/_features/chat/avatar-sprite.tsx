"use client";

import { coverArt } from "@/app/_art/cover-art";
import { COVER_SIZE } from "@/app/_art/family";
import { cn } from "@/app/_ui/cn";

const VIEW_BOX = `0 0 ${String(COVER_SIZE)} ${String(COVER_SIZE)}`;
const symbolId = (userId: string) => `face-${userId}`;

/** The avatars of a conversation's authors, each drawn once for all messages that show it. */
export function AvatarSprite({ userIds }: { userIds: readonly string[] }) {
  return (
    <svg aria-hidden="true" focusable="false" className="absolute size-0">
      {userIds.map((userId) => (
        <symbol key={userId} id={symbolId(userId)} viewBox={VIEW_BOX}>
          {coverArt(userId, `f${userId}`)}
        </symbol>
      ))}
    </svg>
  );
}

/** One avatar of the sprite. */
export function SpriteAvatar({ userId, className }: { userId: string; className?: string }) {
  return (
    <svg
      viewBox={VIEW_BOX}
      aria-hidden="true"
      focusable="false"
      className={cn("block shrink-0 overflow-hidden rounded-full", className)}
    >
      <use href={`#${symbolId(userId)}`} />
    </svg>
  );
}
