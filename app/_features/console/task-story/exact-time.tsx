import { useFormatter } from "next-intl";

/** A time to the second, in UTC as in the logs. */
export function ExactTime({ at, className }: { at: string; className?: string }) {
  const format = useFormatter();
  const text = format.dateTime(new Date(at), { dateStyle: "medium", timeStyle: "medium", timeZone: "UTC" });
  return (
    <time dateTime={at} className={className}>
      {text} UTC
    </time>
  );
}
