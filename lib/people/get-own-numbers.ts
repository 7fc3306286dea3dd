import type { Caller } from "../core/access-token";
import { now } from "../core/clock";
import type { OwnNumbers } from "../schemas/own-numbers";
import { sumSalesByDay } from "../shop";
import { countByAuthor } from "../views";

const DAY_MS = 86_400_000;

/**
 * Views, plays and sales of what the caller published, on each of the last UTC days with today; oldest first. Two
 * statements, whatever there is.
 */
export async function getOwnNumbers(
  { userId }: Pick<Caller, "userId">,
  dayCount: number,
): Promise<OwnNumbers> {
  const today = Math.floor(now() / DAY_MS);
  const since = new Date((today - dayCount + 1) * DAY_MS);
  const [counts, sales] = await Promise.all([countByAuthor(userId, since), sumSalesByDay(userId, since)]);
  const countsOf = new Map(counts.map((count) => [count.day, count]));
  return {
    items: Array.from({ length: dayCount }, (_, index) => {
      const day = new Date(since.getTime() + index * DAY_MS).toISOString().slice(0, 10);
      const { views = 0, plays = 0 } = countsOf.get(day) ?? {};
      const sums = sales.flatMap(({ day: paidOn, ...sum }) => (paidOn === day ? sum : []));
      return { ...{ day, views, plays }, sales: sums };
    }),
  };
}
