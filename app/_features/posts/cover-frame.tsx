import { ViewTransition } from "react";
import { Cover } from "@/app/_art/cover";
import { cn } from "@/app/_ui/cn";

/** A post's cover with its own transition name, so that it moves from the feed to the post's page. */
export function CoverFrame({ id, className }: { id: string; className?: string }) {
  return (
    <ViewTransition name={`cover-${id}`} share="cover" default="none">
      <div className={cn("overflow-hidden", className)}>
        <Cover
          id={id}
          className="transition-transform duration-500 ease-out group-hover/card:scale-[1.035] motion-reduce:transform-none"
        />
      </div>
    </ViewTransition>
  );
}
