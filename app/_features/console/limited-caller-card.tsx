import { useFormatter, useTranslations } from "next-intl";
import { Link } from "@/app/_ui/link";
import type { LimitedCallerView } from "@/lib/ops";
import { isolate } from "@/lib/schemas/isolate";
import { OperatorAction } from "./operator-action";

/** A caller whom rules refuse now, with each rule and its end. */
export function LimitedCallerCard({ limited, now }: { limited: LimitedCallerView; now: number }) {
  const t = useTranslations("limitsConsole");
  const format = useFormatter();
  const { callerId, kind, personId, name, rules } = limited;
  const title = name ?? t(`kinds.${kind}`);
  return (
    <article aria-label={title} className="rounded-2xl border border-line bg-raised/70 p-5">
      <div className="flex flex-wrap items-start justify-between gap-4">
        <div className="min-w-0">
          <h2 className="text-lg font-semibold [overflow-wrap:anywhere]">
            {personId ? (
              <Link
                href={`/admin/people/${personId}`}
                className="underline decoration-line-strong underline-offset-4 hover:decoration-ink"
              >
                <bdi>{title}</bdi>
              </Link>
            ) : (
              title
            )}
          </h2>
          <p className="tabular mt-0.5 text-xs break-all text-faint">{callerId}</p>
        </div>
        <OperatorAction
          path="/api/admin/limits/lift"
          body={{ callerId }}
          label={t("lift")}
          labelledFor={t("liftOf", { name: isolate(title) })}
          title={t("liftOf", { name: isolate(title) })}
          text={t("liftText")}
          confirm={t("lift")}
          result="lifted"
        />
      </div>
      <ul className="mt-3 flex flex-col divide-y divide-line border-t border-line">
        {rules.map(({ policy, route, limit, windowSeconds, resetAt }) => (
          <li
            key={`${policy} ${route}`}
            className="flex flex-wrap items-baseline justify-between gap-x-6 py-2"
          >
            <span className="min-w-0 [overflow-wrap:anywhere]">
              <span className="font-semibold">{policy}</span>{" "}
              <span className="text-muted">{route === "*" ? t("allRoutes") : route}</span>
            </span>
            <span className="tabular text-sm text-muted">
              {t("rule", { limit: format.number(limit), seconds: windowSeconds })} ·{" "}
              {t("until", { seconds: Math.max(1, Math.ceil((Date.parse(resetAt) - now) / 1_000)) })}
            </span>
          </li>
        ))}
      </ul>
    </article>
  );
}
