import { useFormatter, useTranslations } from "next-intl";
import { cn } from "@/app/_ui/cn";
import type { BackendName, Backends } from "@/lib/ops";

const TONES = {
  ok: "text-accent-text",
  slow: "text-money",
  down: "text-danger",
  off: "text-faint",
} as const;

/** Whether each backend works, how fast it answers, and what is wrong with it. */
export function BackendList({ backends }: { backends: Backends }) {
  const t = useTranslations("overviewConsole");
  const format = useFormatter();
  return (
    <section className="mt-10" aria-labelledby="backends">
      <h2 id="backends" className="display text-2xl">
        {t("backendsTitle")}
      </h2>
      <dl className="mt-4 grid grid-cols-2 gap-3 sm:grid-cols-4">
        {(Object.keys(backends) as BackendName[]).map((name) => {
          const { status, latencyMs, reason } = backends[name];
          return (
            <div key={name} className="rounded-2xl border border-line bg-raised/70 px-3 py-4 sm:px-4">
              <dt className="text-sm text-muted">{t(`backends.${name}`)}</dt>
              <dd className={cn("mt-1 font-semibold [overflow-wrap:anywhere]", TONES[status])}>
                {status === "off" && reason ? t("statuses.unknown") : t(`statuses.${status}`)}
                <span className="tabular block text-xs font-normal text-faint">
                  {status === "off"
                    ? t("nothing")
                    : t("milliseconds", { count: format.number(Math.round(latencyMs)) })}
                  {status === "down" && reason && reason !== "database"
                    ? ` · ${t(`faults.${reason}`)}`
                    : null}
                </span>
              </dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}
