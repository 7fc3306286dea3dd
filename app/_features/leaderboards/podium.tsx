import { useTranslations } from "next-intl";
import { Cover } from "@/app/_art/cover";
import { tintStyle } from "@/app/_features/posts/tint-style";
import { cn } from "@/app/_ui/cn";
import { PersonLink } from "@/app/_ui/person-link";
import { useMoneyFormatter } from "@/app/_ui/use-money-formatter";
import type { Leaderboard } from "@/lib/schemas/leaderboard";

type Item = Leaderboard["items"][number];

/** By position in the list, not by rank: two creators may share the first rank. */
const STEPS = [
  { order: "sm:order-2", art: "aspect-[4/3] sm:aspect-[5/6]", drop: "" },
  { order: "sm:order-1", art: "aspect-square sm:aspect-[5/6]", drop: "sm:mt-14" },
  { order: "sm:order-3", art: "aspect-square sm:aspect-[5/6]", drop: "sm:mt-24" },
] as const;

/** The first three on three steps; on phones the first one spans the row above the other two. */
export function Podium({
  items,
  currency,
  viewerId,
}: {
  items: Item[];
  currency: string;
  viewerId: string | null;
}) {
  const t = useTranslations("leaderboards");
  const money = useMoneyFormatter();
  return (
    <ol className="grid grid-cols-2 gap-3 sm:grid-cols-3 sm:gap-5">
      {items.slice(0, STEPS.length).map((item, index) => {
        const step = STEPS[index] ?? STEPS[0];
        return (
          <li
            key={item.userId}
            style={tintStyle(item.userId)}
            className={cn("tinted min-w-0", index === 0 && "max-sm:col-span-2", step.order, step.drop)}
          >
            <div className="relative h-full overflow-hidden rounded-3xl bg-tint-strong">
              <div className={cn("overflow-hidden", step.art)}>
                <Cover id={item.userId} />
              </div>
              <p
                className={cn(
                  "display tabular absolute top-3 left-3 flex min-w-11 items-center justify-center rounded-full bg-ground px-3 py-1.5",
                  index === 0 ? "text-3xl text-money sm:text-4xl" : "text-xl",
                )}
              >
                <span className="sr-only">{t("rank", { rank: item.rank })}</span>
                <span aria-hidden="true">{item.rank}</span>
              </p>
              <div className="p-4 sm:p-5">
                <p
                  dir="auto"
                  className={cn(
                    "display line-clamp-2 text-left",
                    index === 0 ? "text-xl sm:text-2xl" : "text-base sm:text-xl",
                  )}
                >
                  <PersonLink name={item.name} handle={item.handle} />
                </p>
                {item.userId === viewerId ? <p className="mt-1 text-sm text-tint-text">{t("you")}</p> : null}
                <p
                  className={cn(
                    "tabular mt-3 font-semibold [overflow-wrap:anywhere] text-tint-money",
                    index === 0 ? "text-xl" : "text-base sm:text-lg",
                  )}
                >
                  {money({ amountMinor: item.amountMinor, currency })}
                </p>
                <p className="text-sm text-muted">{t("sales", { count: item.sales })}</p>
              </div>
            </div>
          </li>
        );
      })}
    </ol>
  );
}
