import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { FoundGroup } from "@/app/_features/search/found-group";
import { SearchForm } from "@/app/_features/search/search-form";
import { SearchSkeleton } from "@/app/_features/search/search-skeleton";
import { useFoundRows } from "@/app/_features/search/use-found-rows";
import { NavigationSuspense } from "@/app/_shell/navigation-suspense";
import { Page, PageTitle } from "@/app/_shell/page";
import { readForPage } from "@/app/_shell/read-for-page";
import { Button } from "@/app/_ui/button";
import { EmptyState } from "@/app/_ui/empty-state";
import { Link } from "@/app/_ui/link";
import { isolate } from "@/lib/schemas/isolate";
import { type SearchResults, searchQuerySchema } from "@/lib/schemas/search";
import { type FoundKind, foundKinds, MAX_SEARCH_LENGTH } from "@/lib/schemas/search-limits";
import { search } from "@/lib/search";

/** Of each kind, and of one kind on a page of its own. */
const GROUP_SIZE = 6;
const PAGE_SIZE = 20;

export async function generateMetadata({ searchParams }: PageProps<"/search">): Promise<Metadata> {
  const [t, { q }] = await Promise.all([getTranslations("search"), parseQuery(searchParams)]);
  return {
    title: q === "" ? t("title") : `${isolate(q)} · ${t("title")}`,
    robots: { index: false },
  };
}

/** The order on the page. */
const SHOWN: readonly FoundKind[] = ["tags", "posts", "people", "products"];

export default async function SearchPage({ searchParams }: PageProps<"/search">) {
  const [t, page, query] = await Promise.all([
    getTranslations("search"),
    getTranslations("searchPage"),
    parseQuery(searchParams),
  ]);
  return (
    <Page>
      <div className="flex max-w-3xl flex-col gap-5 pt-8 pb-8 sm:pt-12 sm:pb-10">
        <PageTitle>{t("title")}</PageTitle>
        <SearchForm key={query.q} q={query.q} />
        {query.q === "" ? (
          <p className="max-w-[54ch] text-pretty text-muted sm:text-lg">{page("lead")}</p>
        ) : null}
      </div>
      {query.q === "" ? null : (
        <NavigationSuspense key={JSON.stringify(query)} skeleton={<SearchSkeleton />}>
          <Results {...query} />
        </NavigationSuspense>
      )}
    </Page>
  );
}

interface Query {
  q: string;
  kind: FoundKind | undefined;
  cursor: string | undefined;
}

async function Results({ q, kind, cursor }: Query) {
  const [page, results] = await Promise.all([
    getTranslations("searchPage"),
    readForPage(search({ q, kind, cursor, limit: kind ? PAGE_SIZE : GROUP_SIZE })),
  ]);
  const count = foundKinds.reduce((sum, of) => sum + results[of].items.length, 0);
  const nextCursor = kind ? results[kind].nextCursor : null;
  return (
    <>
      {count === 0 ? (
        <EmptyState
          level="h2"
          title={page("nothing")}
          text={page("nothingText", { q: isolate(q) })}
          className="pt-2"
        />
      ) : (
        <Groups q={q} kind={kind} results={results} />
      )}
      {kind ? (
        <div className="mt-10 flex flex-wrap gap-3">
          <Button asChild look="plain" size="large">
            <Link href={{ pathname: "/search", query: { q } }}>{page("back")}</Link>
          </Button>
          {nextCursor ? (
            <Button asChild look="quiet" size="large">
              <Link href={{ pathname: "/search", query: { q, kind, cursor: nextCursor } }}>
                {page("next")}
              </Link>
            </Button>
          ) : null}
        </div>
      ) : null}
    </>
  );
}

function Groups({ q, kind, results }: { q: string; kind: FoundKind | undefined; results: SearchResults }) {
  const entries = useFoundRows()(results);
  const moreHref = (of: FoundKind) =>
    kind === undefined &&
    (results[of].nextCursor !== null || (of === "tags" && entries[of].length === GROUP_SIZE))
      ? `/search?${new URLSearchParams({ q, kind: of }).toString()}`
      : null;
  return (
    <div className="flex flex-col gap-10 sm:gap-12">
      {SHOWN.map((of) => (
        <FoundGroup key={of} kind={of} entries={entries[of]} moreHref={moreHref(of)} />
      ))}
    </div>
  );
}

/** Ignores what does not parse, and shortens what is too long, so that an old or mangled link still opens the page. */
async function parseQuery(searchParams: PageProps<"/search">["searchParams"]): Promise<Query> {
  const { q, kind, cursor } = await searchParams;
  const shape = searchQuerySchema.shape;
  const parsedKind = shape.kind.safeParse(kind).data;
  const text = typeof q === "string" ? [...q.trim()].slice(0, MAX_SEARCH_LENGTH / 2).join("") : "";
  return {
    q: shape.q.safeParse(typeof q === "string" && q.trim().length <= MAX_SEARCH_LENGTH ? q : text).data ?? "",
    kind: parsedKind,
    cursor: parsedKind && shape.cursor.safeParse(cursor).data,
  };
}
