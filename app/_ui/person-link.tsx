import Link from "next/link";
import type { ReactNode } from "react";
import { cn } from "./cn";

interface Props {
  name: ReactNode;
  /** Null: there is no page, and the name is plain text. */
  handle: string | null;
  tabIndex?: number | undefined;
  className?: string;
}

/** A person's name, which leads to their page. It lies over the link that covers a card. */
export function PersonLink({ name, handle, tabIndex, className }: Props) {
  if (handle === null) return <bdi className={className}>{name}</bdi>;
  return (
    <Link
      href={`/u/${handle}`}
      prefetch={false}
      tabIndex={tabIndex}
      className={cn("relative z-10 -my-1 py-1 underline-offset-4 hover:underline", className)}
    >
      <bdi>{name}</bdi>
    </Link>
  );
}
