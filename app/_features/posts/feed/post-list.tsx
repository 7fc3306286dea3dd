"use client";

import type { PostItem } from "../posts-api";
import { type CardLayout, cardLayoutAt } from "./card-layout";
import type { CardProps } from "./card-props";
import { GatefoldCard } from "./gatefold-card";
import { StripCard } from "./strip-card";
import { TileCard } from "./tile-card";

const CARDS: Record<CardLayout, (props: CardProps) => React.ReactNode> = {
  gatefold: GatefoldCard,
  strip: StripCard,
  tile: TileCard,
};

/** Names stand close under each other; what is drawn large gets room around it. */
const CARD_CLASSES: Record<CardLayout, string> = {
  gatefold: "col-span-2 min-w-0 not-first:mt-6 mb-3 @2xl:not-first:mt-8 @2xl:mb-4",
  strip: "col-span-2 min-w-0",
  tile: "min-w-0 mt-4 @2xl:mt-6",
};

interface Props {
  posts: readonly PostItem[];
  /** Place of the first of these in the whole feed, so a continued list keeps its rhythm. */
  startIndex: number;
  renderedAt: number;
  /** Null for nobody: then nothing is counted. */
  viewerId: string | null;
}

/**
 * The posts of a feed, inside a container. A client component: the browser needs the cards anyway, for the
 * pages it loads itself, and this way only the posts travel with the document and not each card again.
 */
export function PostList({ posts, startIndex, renderedAt, viewerId }: Props) {
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
