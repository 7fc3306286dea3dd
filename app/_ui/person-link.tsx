import type { ReactNode } from "react";
import { cn } from "./cn";
import { Link } from "./link";

interface Props {
  name: ReactNode;
  /** None: there is no page, and the name is plain text. Events of an older version carry none. */
  handle: string | null | undefined;
  tabIndex?: number | undefined;
  onClick?: () => void;
  className?: string;
}

/** A person's name, which leads to their page. It lies over the link that covers a card. */
export function PersonLink({ name, handle, tabIndex, onClick, className }: Props) {
  if (!handle) return <bdi className={className}>{name}</bdi>;
  return (
    <Link
      href={`/u/${handle}`}
      tabIndex={tabIndex}
      onClick={onClick}
      className={cn("relative z-10 -my-1 py-1 underline-offset-4 hover:underline", className)}
    >
      <bdi>{name}</bdi>
    </Link>
  );
}
