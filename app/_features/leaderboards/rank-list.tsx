import { useTranslations } from "next-intl";
import { Cover } from "@/app/_art/cover";
import { tintStyle } from "@/app/_features/posts/tint-style";
import { cn } from "@/app/_ui/cn";
import { PersonLink } from "@/app/_ui/person-link";
import { useMoneyFormatter } from "@/app/_ui/use-money-formatter";
import type { Leaderboard } from "@/lib/schemas/leaderboard";

interface Props {
  items: Leaderboard["items"];
  /** Position of the first item in the whole list. */
  startRank: number;
  currency: string;
  viewerId: string | null;
}

/** The list from the fourth position on, with the amount at the end of each row. */
export function RankList({ items, startRank, currency, viewerId }: Props) {
  const t = useTranslations("leaderboards");
  const money = useMoneyFormatter();
  return (
    <ol start={startRank} className="mt-8 sm:mt-12">
      {items.map((item) => (
        <li
          key={item.userId}
          style={tintStyle(item.userId)}
          className={cn(
            "tinted grid grid-cols-[2.5rem_2.75rem_minmax(0,1fr)_auto] items-center gap-x-3 rounded-2xl px-2 py-2.5 sm:gap-x-5 sm:px-4",
            item.userId === viewerId && "bg-tint-strong",
          )}
        >
          <span className="display tabular text-right text-lg text-muted">
            <span className="sr-only">{t("rank", { rank: item.rank })}</span>
            <span aria-hidden="true">{item.rank}</span>
          </span>
          <span className="size-11 overflow-hidden rounded-full">
            <Cover id={item.userId} />
          </span>
          <span className="min-w-0">
            <PersonLink name={item.name} handle={item.handle} className="block truncate font-semibold" />
            <span className="block truncate text-sm text-muted">
              {item.userId === viewerId ? `${t("you")} · ` : null}
              {t("sales", { count: item.sales })}
            </span>
          </span>
          <span
            className={cn(
              "tabular text-right font-semibold",
              item.userId === viewerId ? "text-tint-money" : "text-money",
            )}
          >
            {money({ amountMinor: item.amountMinor, currency })}
          </span>
        </li>
      ))}
    </ol>
  );
}

/** The viewer's own rank, shown above the list, wherever they are in it. */
export function OwnRank({ own, currency }: { own: Leaderboard["own"]; currency: string }) {
  const t = useTranslations("leaderboards");
  const money = useMoneyFormatter();
  if (!own) return <p className="text-muted">{t("notThere")}</p>;
  return (
    <p className="tabular text-muted">
      {t.rich("ownPlace", {
        rank: own.rank,
        amount: money({ amountMinor: own.amountMinor, currency }),
        strong: (chunks) => <strong className="font-semibold text-ink">{chunks}</strong>,
      })}
    </p>
  );
}
