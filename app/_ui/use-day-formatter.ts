import { useFormatter } from "next-intl";

/** Formats a day, which is a day in UTC. */
export function useDayFormatter(): (day: string, style?: "short" | "long") => string {
  const format = useFormatter();
  return (day, style = "short") =>
    format.dateTime(new Date(`${day}T00:00:00Z`), { day: "numeric", month: style, timeZone: "UTC" });
}
