"use client";

import { coverArt } from "@/app/_art/cover-art";
import { SIDE } from "@/app/_art/family";
import { cn } from "@/app/_ui/cn";

const BOX = `0 0 ${String(SIDE)} ${String(SIDE)}`;
const nameOf = (userId: string) => `face-${userId}`;

/** The faces of everybody in a conversation, drawn once however many messages show them. */
export function FaceSheet({ userIds }: { userIds: readonly string[] }) {
  return (
    <svg aria-hidden="true" focusable="false" className="absolute size-0">
      {userIds.map((userId) => (
        <symbol key={userId} id={nameOf(userId)} viewBox={BOX}>
          {coverArt(userId, `f${userId}`)}
        </symbol>
      ))}
    </svg>
  );
}

/** One of the sheet's. */
export function SheetFace({ userId, className }: { userId: string; className?: string }) {
  return (
    <svg
      viewBox={BOX}
      aria-hidden="true"
      focusable="false"
      className={cn("block shrink-0 overflow-hidden rounded-full", className)}
    >
      <use href={`#${nameOf(userId)}`} />
    </svg>
  );
}
