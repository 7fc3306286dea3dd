import { useTranslations } from "next-intl";
import type { RedisReport, Reported } from "@/lib/ops";

/** `INFO` by section, closed until it is wanted. */
export function InfoSections({ info }: { info: RedisReport["info"] }) {
  const t = useTranslations("redisConsole");
  return (
    <section className="mt-12" aria-labelledby="info">
      <h2 id="info" className="display text-2xl">
        {t("info")}
      </h2>
      <div className="mt-3 flex flex-col divide-y divide-line border-y border-line">
        {Object.entries(info).map(([section, values]) => (
          <details key={section}>
            <summary className="flex min-h-12 items-center justify-between gap-4 font-semibold">
              {section}
              <span className="tabular text-sm font-normal text-muted">{Object.keys(values).length}</span>
            </summary>
            <dl className="grid gap-x-8 pb-4 text-sm sm:grid-cols-2">
              {Object.entries(values).map(([name, value]) => (
                <div
                  key={name}
                  className="flex flex-wrap justify-between gap-x-4 border-b border-line/60 py-1.5"
                >
                  <dt className="text-muted [overflow-wrap:anywhere]">{name}</dt>
                  <dd className="tabular [overflow-wrap:anywhere]">{value}</dd>
                </div>
              ))}
            </dl>
          </details>
        ))}
      </div>
    </section>
  );
}

/** Lines that the server gives out, or its words when it does not. */
export function ReportedLines({ id, title, report }: { id: string; title: string; report: Reported }) {
  const t = useTranslations("redisConsole");
  return (
    <section className="mt-12" aria-labelledby={id}>
      <h2 id={id} className="display text-2xl">
        {title}
      </h2>
      {report.offered ? (
        report.lines.length === 0 ? (
          <p className="mt-3 text-muted">{t("nothing")}</p>
        ) : (
          <ol className="mt-3 max-h-96 divide-y divide-line overflow-y-auto border-y border-line text-sm">
            {report.lines.map((line) => (
              <li key={line} className="tabular py-2 [overflow-wrap:anywhere]">
                {line}
              </li>
            ))}
          </ol>
        )
      ) : (
        <div className="mt-3 max-w-[60ch] text-muted">
          <p>{t("notOffered")}</p>
          {report.why ? (
            <p className="mt-1 text-sm text-faint [overflow-wrap:anywhere]">{report.why}</p>
          ) : null}
        </div>
      )}
    </section>
  );
}
