import { z } from "zod";
import { db, Prisma, retryOnConflict } from "../../db";

/** The table of a counter, and the columns of `Post` that it adds to. */
export interface CountTable {
  /** Selects the distinct pairs: `"postId"`, `"viewerSeq"`, and what else a row has. */
  input: Prisma.Sql;
  /** Inserts the rows of `known` (columns as above, and `"authorSeq"`); returns `"postId"` and `viewer`. */
  insert: Prisma.Sql;
  /** Columns of `Post`. */
  count: string;
  version: string;
  batch: string;
}

export interface PersistedCount<Viewer> {
  id: string;
  authorSeq: number;
  count: number;
  version: number;
  batch: string | null;
  /** Viewers whose view is new. */
  inserted: Viewer[];
}

const rowSchema = z.object({
  id: z.string(),
  authorSeq: z.number(),
  count: z.number(),
  version: z.number(),
  batch: z.string().nullable(),
  /** Of all posts together: pairs whose post and viewer exist. */
  known: z.number(),
});

/**
 * Writes pairs to Postgres in one statement: drops those whose post or viewer no longer exists, or whose author is being
 * erased, and the authors' own, inserts the rest once, and adds the number of inserted rows to the post's count.
 *
 * Safe to repeat and to run concurrently: it locks accounts by `seq`, then posts by id, then inserts rows in that
 * order, so two runs over the same posts are serialized. Accounts (viewers and authors) come first, because deleting an
 * account locks it before its posts and views: the two wait for each other at the first shared account, and deleted
 * rows are skipped instead of breaking a foreign key.
 * A version changes only with its count.
 *
 * Postgres has no statistics for the intermediate steps: with more joins it estimates 10,000 views as millions and
 * compiles the plan (JIT) for two seconds.
 *
 * @param batchId  the sync's batch; null for a write past Redis
 * @returns every post of the input that still exists, and how many pairs have a post and a viewer
 */
export async function persistCounts<Viewer>(
  table: CountTable,
  batchId: string | null,
  viewerSchema: z.ZodType<Viewer>,
): Promise<{ posts: PersistedCount<Viewer>[]; known: number }> {
  const [count, version, batch] = [table.count, table.version, table.batch].map((name) =>
    Prisma.raw(`"${name}"`),
  );
  const result = await retryOnConflict(
    () => db().$queryRaw`
WITH input AS (
  ${table.input}
), person AS (
  SELECT person.seq FROM "User" person
  WHERE person.seq IN (
    SELECT "viewerSeq" FROM input
    UNION
    SELECT author.seq FROM "Post" post JOIN "User" author ON author.id = post."authorId"
    WHERE post.id IN (SELECT "postId" FROM input)
  )
  ORDER BY person.seq FOR KEY SHARE
), locked AS (
  SELECT post.id, author.seq AS "authorSeq", post.${count} AS count, post.${version} AS version, post.${batch} AS batch
  FROM "Post" post JOIN "User" author ON author.id = post."authorId" AND author."deletedAt" IS NULL
  -- The count makes Postgres lock every account before the first post.
  WHERE (SELECT count(*) FROM person) > 0 AND post.id IN (SELECT "postId" FROM input) AND post."deletedAt" IS NULL
  ORDER BY post.id FOR NO KEY UPDATE OF post
), known AS (
  SELECT input.*, locked."authorSeq"
  FROM input JOIN locked ON locked.id = input."postId"
  WHERE input."viewerSeq" IN (SELECT seq FROM person)
), inserted AS (
  ${table.insert}
), gained AS (
  SELECT "postId", count(*)::int AS size, array_agg(viewer) AS viewers FROM inserted GROUP BY "postId"
), updated AS (
  UPDATE "Post" post
  SET ${count} = post.${count} + gained.size,
      ${version} = post.${version} + 1,
      ${batch} = coalesce(${batchId}::uuid, post.${batch})
  FROM gained WHERE post.id = gained."postId"
  RETURNING post.id, post.${count} AS count, post.${version} AS version, post.${batch} AS batch
)
SELECT locked.id, locked."authorSeq",
  coalesce(updated.count, locked.count) AS count,
  coalesce(updated.version, locked.version) AS version,
  coalesce(updated.batch, locked.batch) AS batch,
  coalesce(gained.viewers, '{}') AS inserted,
  (SELECT count(*)::int FROM known) AS known
FROM locked
LEFT JOIN updated ON updated.id = locked.id
LEFT JOIN gained ON gained."postId" = locked.id`,
  );
  const rows = z.array(rowSchema.extend({ inserted: z.array(viewerSchema) })).parse(result);
  return { posts: rows.map(({ known: _, ...post }) => post), known: rows[0]?.known ?? 0 };
}
