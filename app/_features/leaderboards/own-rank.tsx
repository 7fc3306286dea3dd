import { useTranslations } from "next-intl";
import { useMoneyFormatter } from "@/app/_ui/use-money-formatter";
import type { Leaderboard } from "@/lib/leaderboards";

/** Where the viewer stands, said once at the top, wherever that is. */
export function OwnRank({ own, currency }: { own: Leaderboard["own"]; currency: string }) {
  const t = useTranslations("leaderboards");
  const money = useMoneyFormatter();
  if (!own) return <p className="text-muted">{t("notThere")}</p>;
  return (
    <p className="tabular text-muted">
      {t.rich("ownPlace", {
        rank: own.rank,
        amount: money({ amountMinor: own.amountMinor, currency }),
        strong: (words) => <strong className="font-semibold text-ink">{words}</strong>,
      })}
    </p>
  );
}
