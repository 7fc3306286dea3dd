"use client";

import { useEffect } from "react";
import type { Post } from "@/lib/schemas/post";
import { type CardLayout, cardLayoutAt } from "./card-layout";
import type { CardProps } from "./card-parts";
import { addFeedPosts } from "./feed-queue";
import { GatefoldCard } from "./gatefold-card";
import { StripCard } from "./strip-card";
import { TileCard } from "./tile-card";

const CARDS: Record<CardLayout, (props: CardProps) => React.ReactNode> = {
  gatefold: GatefoldCard,
  strip: StripCard,
  tile: TileCard,
};

/** Strips are close together; large cards get room around them. */
const CARD_CLASSES: Record<CardLayout, string> = {
  gatefold: "col-span-2 min-w-0 not-first:mt-6 mb-3 @2xl:not-first:mt-8 @2xl:mb-4",
  strip: "col-span-2 min-w-0",
  tile: "min-w-0 mt-4 @2xl:mt-6",
};

interface Props {
  posts: readonly Post[];
  /** Position of the first post in the whole feed, so that a continued list keeps the pattern. */
  startIndex: number;
  renderedAt: number;
  /** Null for an anonymous viewer, whose views are not counted. */
  viewerId: string | null;
}

/**
 * The posts of a feed, inside a container. A client component: the browser needs the cards anyway for the pages that it
 * loads, and this way the document carries only the posts and not every card a second time.
 */
export function PostList({ posts, startIndex, renderedAt, viewerId }: Props) {
  useEffect(() => addFeedPosts(startIndex, posts), [startIndex, posts]);
  const items = posts.map((post, i) => {
    const layout = cardLayoutAt(startIndex + i, i, posts.length);
    const Card = CARDS[layout];
    return (
      <li key={post.id} className={CARD_CLASSES[layout]}>
        <Card
          post={post}
          renderedAt={renderedAt}
          countsViews={viewerId !== null && viewerId !== post.authorId}
        />
      </li>
    );
  });
  return <ul className="grid grid-cols-2 gap-x-4 @2xl:gap-x-6">{items}</ul>;
}
