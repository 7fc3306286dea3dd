import { Gift, Minus, type Plus, ShoppingBag, Undo2, UsersRound } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "@/app/_ui/button";
import { cn } from "@/app/_ui/cn";
import { Link } from "@/app/_ui/link";
import { RelativeTime } from "@/app/_ui/relative-time";
import type { Bonuses, Entry } from "@/lib/schemas/bonus";
import { useBonusFormatter } from "./bonus-amount";

const ICONS: Record<Entry["kind"], typeof Plus> = {
  referral: UsersRound,
  referral_reversed: Undo2,
  spent: Minus,
  spent_reversed: Undo2,
  granted: Gift,
  purchase: ShoppingBag,
  purchase_returned: Undo2,
};

interface Props {
  entries: Bonuses["entries"];
  /** True when this is not the newest page. */
  continued: boolean;
  renderedAt: number;
}

/** The ledger entries, newest first, each with the balance after it. */
export function Ledger({ entries, continued, renderedAt }: Props) {
  const t = useTranslations("bonuses");
  const formatBonuses = useBonusFormatter();
  return (
    <section aria-labelledby="ledger">
      <div className="flex flex-wrap items-baseline justify-between gap-x-6">
        <h2 id="ledger" className="display text-2xl">
          {t("ledger")}
        </h2>
        {continued ? (
          <Link href="/bonuses" className="text-sm text-muted underline underline-offset-4">
            {t("newest")}
          </Link>
        ) : null}
      </div>
      {entries.items.length === 0 ? (
        <p className="mt-5 max-w-[46ch] rounded-2xl border border-dashed border-line-strong p-6 text-muted">
          {t("emptyText")}
        </p>
      ) : (
        <ul className="mt-4">
          {entries.items.map((entry) => {
            const Icon = ICONS[entry.kind];
            return (
              <li
                key={entry.id}
                className="grid grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-4 border-b border-line py-4 last:border-0"
              >
                <span className="flex size-10 items-center justify-center rounded-full bg-ink/7 text-muted">
                  <Icon className="size-5" aria-hidden="true" />
                </span>
                <div className="min-w-0">
                  <p className="font-semibold [overflow-wrap:anywhere]">
                    <bdi>{entry.note ?? t(`kinds.${entry.kind}`)}</bdi>
                  </p>
                  <p className="flex flex-wrap gap-x-2 text-sm text-muted">
                    {entry.note ? (
                      <>
                        <span>{t(`kinds.${entry.kind}`)}</span>
                        <span aria-hidden="true">·</span>
                      </>
                    ) : null}
                    <RelativeTime at={entry.createdAt} renderedAt={renderedAt} />
                  </p>
                </div>
                <p className="tabular text-right">
                  <span className={cn("block text-lg font-semibold", entry.amount > 0 && "text-money")}>
                    {formatBonuses(entry.amount, { signed: true })}
                  </span>
                  <span className="block text-xs text-faint">
                    {t("after", { balance: formatBonuses(entry.balance) })}
                  </span>
                </p>
              </li>
            );
          })}
        </ul>
      )}
      {entries.nextCursor ? (
        <Button asChild look="quiet" className="mt-6">
          <Link href={`/bonuses?cursor=${entries.nextCursor}`}>{t("earlier")}</Link>
        </Button>
      ) : null}
    </section>
  );
}
