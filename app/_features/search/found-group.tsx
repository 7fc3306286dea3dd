import { useTranslations } from "next-intl";
import { tintStyle } from "@/app/_features/posts/tint-style";
import { Link } from "@/app/_ui/link";
import type { FoundKind } from "@/lib/schemas/search-limits";
import { FoundContent } from "./found-content";
import type { FoundEntry } from "./found-rows";

interface Props {
  kind: FoundKind;
  entries: readonly FoundEntry[];
  /** The page of all of the kind; null: this is it, or there are no more. */
  moreHref: string | null;
}

/** What was found of one kind: tags in a line, people side by side, the rest in rows. */
export function FoundGroup({ kind, entries, moreHref }: Props) {
  const t = useTranslations("search");
  const page = useTranslations("searchPage");
  if (entries.length === 0) return null;
  return (
    <section aria-labelledby={`found-${kind}`} className="@container">
      <div className="mb-3 flex items-baseline justify-between gap-4">
        <h2 id={`found-${kind}`} className="display text-xl sm:text-2xl">
          {t(`groups.${kind}`)}
        </h2>
        {moreHref === null ? null : (
          <Link href={moreHref} className="shrink-0 text-sm text-muted underline underline-offset-4">
            {page(`more.${kind}`)}
          </Link>
        )}
      </div>
      {kind === "tags" ? <TagEntries entries={entries} /> : <Rows entries={entries} />}
    </section>
  );
}

function TagEntries({ entries }: Pick<Props, "entries">) {
  return (
    <ul className="flex flex-wrap gap-2">
      {entries.map(({ key, href, title, note }) => (
        <li key={key} className="max-w-full">
          <Link
            href={href}
            className="flex min-h-11 max-w-full items-center gap-2 rounded-full border border-line px-4 transition-colors hover:border-ink"
          >
            <span className="truncate font-semibold">
              <span aria-hidden="true" className="text-mark">
                #
              </span>
              <bdi>{title}</bdi>
            </span>
            <span className="tabular shrink-0 text-sm text-muted">{note}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Rows({ entries }: Pick<Props, "entries">) {
  return (
    <ul className="-mx-2 grid gap-1 @2xl:grid-cols-2 @2xl:gap-x-4">
      {entries.map((entry) => (
        <li
          key={entry.key}
          style={tintStyle(entry.key)}
          className="tinted relative flex min-w-0 items-center gap-4 rounded-2xl p-2 transition-colors hover:bg-tint-strong"
        >
          <FoundContent entry={entry} large />
        </li>
      ))}
    </ul>
  );
}
