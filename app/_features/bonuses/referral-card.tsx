import { useFormatter, useTranslations } from "next-intl";
import type { Bonuses } from "@/lib/schemas/bonus";
import { useBonusFormatter } from "./bonus-amount";
import { CopyLink } from "./copy-link";

/** The referral link and its results. */
export function ReferralCard({ referral }: { referral: Bonuses["referral"] }) {
  const t = useTranslations("bonuses");
  const format = useFormatter();
  const formatBonuses = useBonusFormatter();
  const facts = [
    { name: t("joined"), value: format.number(referral.joined) },
    { name: t("earned"), value: formatBonuses(referral.earned) },
  ];
  return (
    <section
      aria-labelledby="referral"
      className="grid gap-x-10 gap-y-6 rounded-3xl bg-tint-strong p-5 sm:p-8 lg:grid-cols-[minmax(0,7fr)_minmax(0,4fr)]"
    >
      <div className="min-w-0">
        <h2 id="referral" className="display text-2xl">
          {t("referralTitle")}
        </h2>
        <p className="mt-2 mb-5 max-w-[52ch] text-pretty text-muted">{t("referralText")}</p>
        <CopyLink link={referral.link} />
      </div>
      <dl className="grid grid-cols-2 content-center gap-6 lg:grid-cols-1 lg:border-l lg:border-line lg:pl-10">
        {facts.map((fact) => (
          <div key={fact.name} className="flex flex-col-reverse">
            <dt className="text-sm text-muted">{fact.name}</dt>
            <dd className="display tabular text-3xl">{fact.value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
