import type { z } from "zod";
import type { SearchResults, searchQuerySchema } from "../schemas/search";
import { foundKinds } from "../schemas/search-limits";
import { type FoundRow, findRows } from "./find-rows";
import { readPeople, readPosts, readProducts } from "./read-found";

/**
 * What everybody may find for some words: posts, people, tags and products, the best of each first. Case, accents, «ё»
 * or «е» and the Unicode form do not matter, nor do the endings of words in Russian and English; the last word may be
 * unfinished, and where little is found, each word of four letters or more may have a mistake.
 *
 * One statement finds the ids, and one more for each of three kinds reads the rows, which decides what is visible. The
 * cost does not grow with the number of posts ({@link findRows}).
 */
export async function search({
  q,
  kind,
  cursor,
  limit,
}: z.output<typeof searchQuerySchema>): Promise<SearchResults> {
  const kinds = kind ? [kind] : foundKinds;
  const after = kind ? parseCursor(cursor) : null;
  const rows = q === "" ? [] : await findRows(q, { kinds, after, limit });
  const page = (of: FoundRow["kind"]) => toPage(rows, of, limit);
  const [posts, people, products] = [page("posts"), page("people"), page("products")];
  const [foundPosts, foundPeople, foundProducts] = await Promise.all([
    readPosts(posts.ids),
    readPeople(people.ids),
    readProducts(products.ids),
  ]);
  const tags = rows
    .filter((row) => row.kind === "tags")
    .map(({ id, score }) => ({ tag: id, postsCount: score }));
  return {
    posts: { items: foundPosts, nextCursor: posts.nextCursor },
    people: { items: foundPeople, nextCursor: people.nextCursor },
    products: { items: foundProducts, nextCursor: products.nextCursor },
    tags: { items: tags, nextCursor: null },
  };
}

/** @param rows  of one kind one more than the limit, if there are more */
function toPage(rows: readonly FoundRow[], kind: FoundRow["kind"], limit: number) {
  const ofKind = rows.filter((row) => row.kind === kind);
  const items = ofKind.slice(0, limit);
  const last = items.at(-1);
  return {
    ids: items.map(({ id }) => id),
    nextCursor: last && ofKind.length > limit ? `${String(last.score)}_${last.id}` : null,
  };
}

function parseCursor(cursor: string | undefined) {
  const [score, id] = cursor?.split("_") ?? [];
  return score === undefined || id === undefined ? null : { score: Number(score), id };
}
