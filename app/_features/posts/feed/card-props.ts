import type { Post } from "@/lib/schemas/post";

export interface CardProps {
  post: Post;
  /** The server's time in milliseconds. */
  renderedAt: number;
  /** Whether seeing this card counts as a view; false for the viewer's own posts. */
  countsViews: boolean;
}
