import { z } from "zod";
import { db } from "../db";

const rowsSchema = z.array(z.object({ day: z.string(), views: z.int(), plays: z.int() }));

export type AuthorDay = z.infer<typeof rowsSchema>[number];

/**
 * Views and plays of all of an author's posts by UTC day, as far as they are synced; days without any are left out. One
 * statement, which reads the author's rows of these days from indexes alone, post by post.
 *
 * @param since  the start of the first day
 */
export async function countByAuthor(authorId: string, since: Date): Promise<AuthorDay[]> {
  const rows = await db().$queryRaw`
WITH own AS MATERIALIZED (
  SELECT id FROM "Post" WHERE "authorId" = ${authorId}::uuid AND "deletedAt" IS NULL
), counted AS (
  SELECT v.day, v.views, 0 AS plays FROM own, LATERAL (
    SELECT ("createdAt" AT TIME ZONE 'UTC')::date AS day, count(*) AS views
    FROM "PostView" WHERE "postId" = own.id AND "createdAt" >= ${since} GROUP BY 1
  ) v
  UNION ALL
  SELECT p.day, 0, p.plays FROM own, LATERAL (
    SELECT (hour AT TIME ZONE 'UTC')::date AS day, count(*) AS plays
    FROM "PostPlay" WHERE "postId" = own.id AND hour >= ${since} GROUP BY 1
  ) p
)
SELECT day::text AS day, sum(views)::int AS views, sum(plays)::int AS plays FROM counted GROUP BY day`;
  return rowsSchema.parse(rows);
}
