import { useTranslations } from "next-intl";
import { BarChart } from "@/app/_ui/bar-chart";
import type { PlaysByDay } from "@/lib/schemas/plays";

/** For the author: how often the post was played on each of the last days, in UTC. */
export function PlaysChart({ items }: PlaysByDay) {
  const t = useTranslations("plays");
  return (
    <figure className="mt-6">
      <figcaption className="text-sm text-muted">{t("byDay", { days: items.length })}</figcaption>
      <BarChart
        name={t("all")}
        days={items.map(({ day }) => day)}
        values={items.map(({ plays }) => plays)}
        className="mt-3 h-16"
      />
    </figure>
  );
}
