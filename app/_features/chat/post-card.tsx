"use client";

import { useTranslations } from "next-intl";
import { Cover } from "@/app/_art/cover";
import { tintStyle } from "@/app/_features/posts/tint-style";
import { Link } from "@/app/_ui/link";
import { isolate } from "@/lib/schemas/isolate";
import type { ChatMessage } from "./store/chat-api";

/** A post that a message links to: cover, author and title. */
export function PostCard({ post, tabIndex }: { post: NonNullable<ChatMessage["post"]>; tabIndex: number }) {
  const t = useTranslations("chat");
  return (
    <Link
      href={`/posts/${post.id}`}
      tabIndex={tabIndex}
      style={tintStyle(post.id)}
      className="tinted group/card mt-2 grid w-72 max-w-full grid-cols-[4.5rem_minmax(0,1fr)] items-center gap-3 overflow-hidden rounded-xl bg-tint-strong pr-3 transition-transform hover:-translate-y-px"
    >
      <span className="block aspect-square overflow-hidden">
        <Cover id={post.id} />
      </span>
      <span className="min-w-0 py-1.5">
        <span className="block truncate text-xs text-muted">
          {t("postBy", { name: isolate(post.authorName) })}
        </span>
        <span dir="auto" className="display mt-0.5 line-clamp-2 text-left text-sm leading-snug">
          {post.title}
        </span>
      </span>
    </Link>
  );
}
