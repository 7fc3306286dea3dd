import { useFormatter, useTranslations } from "next-intl";
import { RollingText } from "@/app/_features/posts/views/rolling-text";
import { cn } from "@/app/_ui/cn";
import type { BotNumbers as Numbers } from "@/lib/schemas/bot-console";
import { MAX_EXECUTION_COUNT, MAX_PEOPLE_COUNT } from "@/lib/schemas/bot-limits";

/** How many people a bot has, how many wait, and what failed today. */
export function BotNumbers({ numbers, className }: { numbers: Numbers | undefined; className?: string }) {
  const t = useTranslations("bots.numbers");
  const format = useFormatter();
  const facts = [
    { name: t("people"), value: numbers?.people, max: MAX_PEOPLE_COUNT, tone: "text-ink" },
    { name: t("waiting"), value: numbers?.waiting, max: MAX_EXECUTION_COUNT, tone: "text-accent-text" },
    { name: t("failedToday"), value: numbers?.failedToday, max: MAX_EXECUTION_COUNT, tone: "text-danger" },
  ];
  return (
    <dl className={cn("grid grid-cols-3 gap-4", className)}>
      {facts.map(({ name, value, max, tone }) => (
        <div key={name} className="flex flex-col-reverse justify-end">
          <dt className="text-xs text-muted">{name}</dt>
          <dd className={cn("display tabular text-2xl", value ? tone : "text-faint")}>
            {value === undefined ? (
              "–"
            ) : (
              <RollingText text={`${format.number(value)}${value >= max ? "+" : ""}`} />
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
