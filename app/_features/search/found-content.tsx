import { Hash } from "lucide-react";
import { CoverImage } from "@/app/_art/cover-image";
import { cn } from "@/app/_ui/cn";
import { Link } from "@/app/_ui/link";
import { PersonLink } from "@/app/_ui/person-link";
import type { FoundEntry } from "./found-rows";

interface Props {
  entry: FoundEntry;
  /** A row of the page: its title leads to what was found, from anywhere in the row, and a name to the person. */
  large?: boolean;
}

/** The inside of a row: the picture, two lines, and a price. An option of the menu is one link, which is around it. */
export function FoundContent({ entry, large = false }: Props) {
  const { art, kind, href, title, note, personHandle, price } = entry;
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
          {large ? (
            <Link href={href} className="stretched">
              {title}
            </Link>
          ) : (
            title
          )}
        </bdi>
        {large ? (
          <span className="flex min-w-0 text-sm text-muted">
            {personHandle ? (
              <PersonLink name={note} handle={personHandle} className="truncate" />
            ) : (
              <bdi className="truncate">{note}</bdi>
            )}
          </span>
        ) : (
          <bdi className="block truncate text-sm text-muted">{note}</bdi>
        )}
      </span>
      {price === null ? null : (
        <span className="tabular shrink-0 pl-2 font-display text-sm font-semibold text-money">{price}</span>
      )}
    </>
  );
}
