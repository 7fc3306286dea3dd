import { useTranslations } from "next-intl";
import { RollingText } from "@/app/_features/posts/views/rolling-text";
import { cn } from "@/app/_ui/cn";
import { toBonuses, useBonusFormatter } from "./bonus-amount";

/** The bonus balance in large type. */
export function Balance({ balance }: { balance: number }) {
  const t = useTranslations("bonuses");
  const formatBonuses = useBonusFormatter();
  const count = toBonuses(balance);
  return (
    <p className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
      <span className="sr-only">{t("balanceExact", { count })}</span>
      <span
        aria-hidden="true"
        className={cn(
          "display tabular text-[clamp(3rem,13vw,7rem)] leading-none break-normal",
          balance < 0 ? "text-danger" : "text-money",
        )}
      >
        <RollingText text={formatBonuses(balance)} />
      </span>
      <span aria-hidden="true" className="text-lg text-muted">
        {t("unit", { count: Math.abs(count) })}
      </span>
    </p>
  );
}
