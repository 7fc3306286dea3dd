import { Hash } from "lucide-react";
import { CoverImage } from "@/app/_art/cover-image";
import { cn } from "@/app/_ui/cn";
import type { FoundEntry } from "./found-rows";

/** The inside of a row: the picture, two lines, and a price. */
export function FoundContent({ entry, large = false }: { entry: FoundEntry; large?: boolean }) {
  const { art, kind, title, note, price } = entry;
  return (
    <>
      <span
        className={cn(
          "flex shrink-0 items-center justify-center overflow-hidden bg-ink/8 text-muted",
          large ? "size-16" : "size-11",
          kind === "people" ? "rounded-full" : "rounded-xl",
        )}
      >
        {art ? (
          <CoverImage id={art.id} cover={art.cover} sizes={large ? "4rem" : "2.75rem"} />
        ) : (
          <Hash className="size-5" aria-hidden="true" />
        )}
      </span>
      <span className="min-w-0 grow">
        <bdi
          className={cn(
            "block truncate",
            large ? "display text-base font-semibold sm:text-lg" : "text-[0.9375rem] font-semibold",
          )}
        >
          {title}
        </bdi>
        <bdi className="block truncate text-sm text-muted">{note}</bdi>
      </span>
      {price === null ? null : (
        <span className="tabular shrink-0 pl-2 font-display text-sm font-semibold text-money">{price}</span>
      )}
    </>
  );
}
