import { useTranslations } from "next-intl";
import { useMoneyFormatter } from "@/app/_ui/use-money-formatter";
import type { Leaderboard } from "@/lib/schemas/leaderboard";

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
