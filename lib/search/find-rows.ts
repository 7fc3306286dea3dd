import { z } from "zod";
import { db, Prisma } from "../db";
import { type FoundKind, foundKinds, MAX_TAG_COUNT } from "../schemas/search-limits";

/**
 * Every search first looks through the newest rows, in the order of their ids: a word that many have is found there, and
 * the index, which would bring all of a million, is not asked. A word that few of the newest have is in few of all.
 */
const NEWEST = 2_000;
/** So many of the newest are enough to choose from. */
const ENOUGH_NEWEST = 40;
/** Of the newest that match. */
const MAX_NEWEST = 200;
/** Read by the index: a bound for words that were common once. */
const MAX_INDEXED = 4_000;
/** Of these, the newest are ranked. */
const MAX_OLDER = 400;
/** Fewer results than this allow mistakes in words. */
const FEW = 3;
/** With fewer letters the beginning of a word is looked up among the newest only: it begins too many words. */
const MIN_PREFIX_LENGTH = 3;
const MAX_TAGS = 20;

const rowsSchema = z.array(
  z.object({
    kind: z.enum(foundKinds),
    /** A tag's is the tag. */
    id: z.string(),
    /** Higher is better; a tag's is the number of its posts. */
    score: z.int(),
  }),
);

export type FoundRow = z.infer<typeof rowsSchema>[number];

interface SearchOptions {
  kinds: readonly FoundKind[];
  /** The last row of the previous page. */
  after: { score: number; id: string } | null;
  /** Of each kind; one more is returned if there is. */
  limit: number;
}

/** Finds rows that match, by kind and then the best first, in one statement. Migration `search` has its functions. */
export async function findRows(q: string, options: SearchOptions): Promise<FoundRow[]> {
  const { kinds } = options;
  const parts = kinds.map((kind) => (kind === "tags" ? tagsSql(options) : rankedSql(kind, options)));
  const rows = await db().$queryRaw`
WITH RECURSIVE folded AS MATERIALIZED (
  SELECT search_words(${q}) AS words, search_fold(ltrim(${q}, '#')) AS tag
), asked AS MATERIALIZED (
  SELECT words, tag,
    search_query('russian', words, true) AS text,
    search_query('russian', words, false) AS "textWhole",
    search_typo_query(words, true) AS "textTypos",
    search_query('simple', words, true) AS name,
    search_query('simple', words, false) AS "nameWhole",
    search_typo_query(words, false) AS "nameTypos",
    CASE WHEN length(last) >= ${MIN_PREFIX_LENGTH} THEN to_tsquery('simple', last || ':*') END AS beginning
  FROM folded, LATERAL (SELECT regexp_replace(words, '^.* ', '') AS last) ending
), ${Prisma.join(
    kinds.flatMap((kind) => (kind === "tags" ? [tagWalkSql] : candidatesSql(kind))),
    ", ",
  )}
${Prisma.join(
  parts.map((part) => Prisma.sql`(${part})`),
  " UNION ALL ",
)}`;
  return rowsSchema.parse(rows);
}

type RankedKind = Exclude<FoundKind, "tags">;

/** What is searched for each kind, and which rows everybody may see. The rows that are read are checked once more. */
const RANKED = {
  posts: {
    ...{ table: "PostSearch", query: "text" },
    visibleSql: Prisma.sql`EXISTS (SELECT FROM "Post" post JOIN "User" author ON author.id = post."authorId"
      WHERE post.id = found.id AND author."deletedAt" IS NULL)`,
  },
  people: { ...{ table: "PersonSearch", query: "name" }, visibleSql: Prisma.sql`TRUE` },
  products: {
    ...{ table: "ProductSearch", query: "text" },
    visibleSql: Prisma.sql`EXISTS (SELECT FROM "Product" product LEFT JOIN "User" seller ON seller.id = product."sellerId"
      WHERE product.id = found.id AND seller."deletedAt" IS NULL)`,
  },
} as const satisfies Record<RankedKind, { table: string; query: "text" | "name"; visibleSql: Prisma.Sql }>;

const name = (text: string) => Prisma.raw(`"${text}"`);

/** The rows that are ranked: with the words themselves, and if these are few, with mistakes in them. */
function candidatesSql(kind: RankedKind): Prisma.Sql[] {
  const { query } = RANKED[kind];
  const [newest, older] = [name(`${kind}Newest`), name(`${kind}Older`)];
  const isRareSql = Prisma.sql`(SELECT count(*) FROM ${newest}) + (SELECT count(*) FROM ${older}) < ${FEW}`;
  return [
    ...boundedSql(kind, "", { query, indexedSql: indexedQuerySql(kind), onlyIfSql: Prisma.sql`TRUE` }),
    ...boundedSql(kind, "Typo", {
      query: `${query}Typos`,
      indexedSql: Prisma.sql`asked.${name(`${query}Typos`)}`,
      onlyIfSql: isRareSql,
    }),
  ];
}

/**
 * The query for the index. The last word may go on only if few of the newest rows have a word with its beginning: the
 * index brings the rows of all such words, and merging those of frequent ones takes longer than anything else here.
 */
function indexedQuerySql(kind: RankedKind): Prisma.Sql {
  const { table, query } = RANKED[kind];
  return Prisma.sql`CASE WHEN (SELECT count(*) FROM (
      SELECT FROM (SELECT document FROM ${name(table)} ORDER BY id DESC LIMIT ${NEWEST}) entry
      WHERE entry.document @@ asked.beginning LIMIT ${ENOUGH_NEWEST}) begun) < ${ENOUGH_NEWEST}
    AND asked.beginning IS NOT NULL THEN asked.${name(query)} ELSE asked.${name(`${query}Whole`)} END`;
}

interface Search {
  /** The column of `asked` with the query for the newest rows. */
  query: string;
  indexedSql: Prisma.Sql;
  onlyIfSql: Prisma.Sql;
}

/** Two lists: matches among the newest rows, and where these are too few, what the index finds. */
function boundedSql(
  kind: RankedKind,
  suffix: string,
  { query, indexedSql, onlyIfSql }: Search,
): Prisma.Sql[] {
  const table = name(RANKED[kind].table);
  const [newest, asked, older] = ["Newest", "Asked", "Older"].map((part) => name(`${kind}${suffix}${part}`));
  return [
    Prisma.sql`${newest} AS MATERIALIZED (
  SELECT entry.id, entry.words, entry.document
  FROM asked, (SELECT id, words, document FROM ${table} ORDER BY id DESC LIMIT ${NEWEST}) entry
  WHERE ${onlyIfSql} AND entry.document @@ asked.${name(query)}
  ORDER BY entry.id DESC LIMIT ${MAX_NEWEST}
)`,
    Prisma.sql`${asked} AS MATERIALIZED (
  SELECT ${indexedSql} AS query FROM asked WHERE ${onlyIfSql} AND (SELECT count(*) FROM ${newest}) < ${ENOUGH_NEWEST}
)`,
    // Without an order inside, Postgres stops reading after so many rows of the index.
    Prisma.sql`${older} AS MATERIALIZED (
  SELECT id, words, document FROM (
    SELECT entry.id, entry.words, entry.document FROM ${asked} asked, ${table} entry
    WHERE entry.document @@ asked.query LIMIT ${MAX_INDEXED}
  ) indexed
  WHERE NOT EXISTS (SELECT FROM ${newest} known WHERE known.id = indexed.id)
  ORDER BY id DESC LIMIT ${MAX_OLDER}
)`,
  ];
}

/**
 * One page of a kind. The words themselves come before words with mistakes; of those, the title that is what was typed,
 * and titles that begin with it; then what Postgres ranks higher: matches in titles before those in tags and texts. Of
 * equals the newest is first.
 */
function rankedSql(kind: RankedKind, { after, limit }: SearchOptions): Prisma.Sql {
  const { query, visibleSql } = RANKED[kind];
  const part = (suffix: string) => name(`${kind}${suffix}`);
  const afterSql = after
    ? Prisma.sql`(score, found.id) < (${after.score}, ${after.id}::uuid)`
    : Prisma.sql`TRUE`;
  return Prisma.sql`
SELECT ${kind}::text AS kind, id::text, score FROM (
  SELECT id, round(1000000 * (
    10 + CASE WHEN entry.words = asked.words THEN 3 WHEN starts_with(entry.words, asked.words) THEN 1 ELSE 0 END
      + ts_rank('{0.1, 0.2, 0.5, 1}', document, asked.${name(query)})))::int AS score
  FROM (TABLE ${part("Newest")} UNION ALL TABLE ${part("Older")}) entry, asked
  UNION ALL
  SELECT id, round(1000000 * strict_word_similarity(asked.words, entry.words))::int
  FROM (TABLE ${part("TypoNewest")} UNION ALL TABLE ${part("TypoOlder")}) entry, asked
  WHERE NOT EXISTS (SELECT FROM (TABLE ${part("Newest")} UNION ALL TABLE ${part("Older")}) known WHERE known.id = entry.id)
) found
WHERE ${afterSql} AND ${visibleSql}
ORDER BY score DESC, found.id DESC LIMIT ${limit + 1}`;
}

/** The first tags that begin with what was typed: each step looks up the next tag in the index. */
const tagWalkSql = Prisma.sql`tag(name, step) AS (
  SELECT (SELECT min("PostTag".tag) FROM "PostTag"
    WHERE "PostTag".tag >= asked.tag AND "PostTag".tag < asked.tag || chr(1114111)), 1
  FROM asked WHERE asked.tag <> ''
  UNION ALL
  SELECT (SELECT min("PostTag".tag) FROM "PostTag"
    WHERE "PostTag".tag > tag.name AND "PostTag".tag < asked.tag || chr(1114111)), step + 1
  FROM tag, asked WHERE tag.name IS NOT NULL AND step < ${MAX_TAGS}
)`;

/** The tag that was typed, then those with more posts. */
function tagsSql({ limit }: SearchOptions): Prisma.Sql {
  return Prisma.sql`
SELECT 'tags' AS kind, tag.name AS id, counted.posts AS score
FROM asked, tag, LATERAL (SELECT count(*)::int AS posts
  FROM (SELECT FROM "PostTag" WHERE "PostTag".tag = tag.name LIMIT ${MAX_TAG_COUNT}) tagged) counted
WHERE tag.name IS NOT NULL
ORDER BY tag.name = asked.tag DESC, counted.posts DESC, tag.name LIMIT ${limit}`;
}
