import type { PostItem } from "../posts-api";

export interface CardProps {
  post: PostItem;
  /** The server's time in milliseconds. */
  renderedAt: number;
  /** Whether seeing this card counts as a view; false for the viewer's own posts. */
  countsViews: boolean;
}
