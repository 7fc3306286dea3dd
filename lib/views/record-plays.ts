import { z } from "zod";
import { now } from "../core/clock";
import { db } from "../db";
import { createRecorder, type Recorded } from "./counter/recorder";
import { livePlays, plays } from "./play-counter";
import { publishCounts } from "./publish-changes";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const record = createRecorder(plays, livePlays, (counts) => publishCounts("playsCount", counts));

/**
 * Counts a play of a post, one for each listener and UTC hour; the author's own do not count. As `recordViews`: without
 * Redis it is written to Postgres in one statement.
 *
 * @param listenerSeq  `User.seq` of the listener
 * @throws when neither Redis nor Postgres recorded it; safe to repeat
 */
export async function recordPlay(listenerSeq: number, postId: string): Promise<Recorded> {
  const [play] = await record(`${listenerSeq}:${Math.floor(now() / HOUR_MS)}`, [postId]);
  if (!play) throw new Error("a play has no result");
  return play;
}

const daysSchema = z.array(z.object({ day: z.string(), plays: z.int() }));

/**
 * A post's plays on each of the last UTC days, today included, as far as they are synced; oldest first.
 * @param days  how many days; those without a play have 0
 */
export async function countPlaysByDay(
  postId: string,
  days: number,
): Promise<{ day: string; plays: number }[]> {
  const today = Math.floor(now() / DAY_MS);
  const first = new Date((today - days + 1) * DAY_MS);
  const rows = daysSchema.parse(
    await db().$queryRaw`
SELECT (hour AT TIME ZONE 'UTC')::date::text AS day, count(*)::int AS plays
FROM "PostPlay" WHERE "postId" = ${postId}::uuid AND hour >= ${first} GROUP BY 1`,
  );
  const playsOf = new Map(rows.map(({ day, plays: count }) => [day, count]));
  return Array.from({ length: days }, (_, index) => {
    const day = new Date(first.getTime() + index * DAY_MS).toISOString().slice(0, 10);
    return { day, plays: playsOf.get(day) ?? 0 };
  });
}
