"use client";

import { type ReactNode, ViewTransition } from "react";
import { CoverImage } from "@/app/_art/cover-image";
import { useRememberedCover } from "@/app/_data/post-covers";
import { usePostSound } from "@/app/_data/post-sounds";
import { cn } from "@/app/_ui/cn";
import type { Post } from "@/lib/schemas/post";

interface Props {
  post: Pick<Post, "id" | "cover" | "track">;
  /** Width on the page, as in the attribute `sizes` of an `<img>`. */
  sizes: string;
  /** On screen from the beginning. */
  eager?: boolean;
  className?: string;
  /** On the cover's lower edge. */
  children?: ReactNode;
}

/** A post's cover with its own transition name, so that it moves from the feed to the post's page. */
export function CoverFrame({ post, sizes, eager = false, className, children }: Props) {
  const { cover } = usePostSound(post);
  useRememberedCover(post.id, cover);
  return (
    <div className="relative">
      <ViewTransition name={`cover-${post.id}`} share="cover" default="none">
        <div className={cn("overflow-hidden", className)}>
          <CoverImage
            id={post.id}
            cover={cover}
            sizes={sizes}
            eager={eager}
            className="transition-transform duration-500 ease-out group-hover/card:scale-[1.035] motion-reduce:transform-none"
          />
        </div>
      </ViewTransition>
      {children}
    </div>
  );
}
