import type { Period } from "../schemas/period";

/** One week, one month, or all time, in UTC. */
export interface Span {
  period: Period;
  /** `2026-W47` (ISO 8601 week), `2026-11` or `all`. */
  bucket: string;
  /** Start of the span, and of the next one; null for all time. */
  from: Date | null;
  to: Date | null;
}

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;

/** The span of a period that contains a moment. @param atMs milliseconds since the epoch */
export function getSpan(period: Period, atMs: number): Span {
  const at = new Date(atMs);
  const year = at.getUTCFullYear();
  const month = at.getUTCMonth();
  switch (period) {
    case "all":
      return { period, bucket: "all", from: null, to: null };
    case "month": {
      const bucket = at.toISOString().slice(0, 7);
      return {
        period,
        bucket,
        from: new Date(Date.UTC(year, month)),
        to: new Date(Date.UTC(year, month + 1)),
      };
    }
    case "week": {
      const midnight = Date.UTC(year, month, at.getUTCDate());
      const monday = midnight - ((at.getUTCDay() + 6) % 7) * DAY_MS;
      // ISO 8601: a week belongs to the year of its Thursday.
      const isoYear = new Date(monday + 3 * DAY_MS).getUTCFullYear();
      const weekNumber = Math.floor((monday + 3 * DAY_MS - Date.UTC(isoYear, 0, 1)) / WEEK_MS) + 1;
      const bucket = `${isoYear}-W${String(weekNumber).padStart(2, "0")}`;
      return { period, bucket, from: new Date(monday), to: new Date(monday + WEEK_MS) };
    }
  }
}
