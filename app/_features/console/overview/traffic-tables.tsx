import { useFormatter, useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { cn } from "@/app/_ui/cn";
import { Link } from "@/app/_ui/link";
import type { Traffic } from "@/lib/ops";
import { useSeconds } from "./seconds";

/** The routes with the most errors, then the most requests; caches by their lookups; limits by their refusals. */
export function TrafficTables({ routes, caches, limits }: Pick<Traffic, "routes" | "caches" | "limits">) {
  const t = useTranslations("overviewConsole");
  const format = useFormatter();
  const formatSeconds = useSeconds();
  return (
    <div className="mt-12 grid gap-x-10 gap-y-12 lg:grid-cols-[3fr_2fr]">
      <NumbersTable
        title={t("routes")}
        headings={[t("route"), t("requests"), t("errors"), t("p95")]}
        empty={t("noRequests")}
        rows={routes.map(({ route, requests, errors, p95Seconds }) => ({
          name: route,
          cells: [
            { text: format.number(requests) },
            { text: format.number(errors), bad: errors > 0 },
            { text: formatSeconds(p95Seconds) },
          ],
        }))}
      />
      <div className="flex flex-col gap-12">
        <NumbersTable
          title={t("caches")}
          headings={[t("namespace"), t("lookups"), t("hitRate")]}
          empty={t("noLookups")}
          rows={caches.map(({ namespace, lookups, hits }) => ({
            name: namespace,
            cells: [
              { text: format.number(lookups) },
              { text: format.number(hits / lookups, { style: "percent", maximumFractionDigits: 1 }) },
            ],
          }))}
        />
        <NumbersTable
          title={t("limits")}
          headings={[t("policy"), t("refused")]}
          empty={t("noneLimited")}
          rows={limits.map(({ policy, refused }) => ({
            name: policy,
            cells: [{ text: format.number(refused) }],
          }))}
        >
          <Link
            href="/admin/limits"
            className="mt-2 inline-flex min-h-11 items-center text-sm underline underline-offset-4"
          >
            {t("limitedNow")}
          </Link>
        </NumbersTable>
      </div>
    </div>
  );
}

interface Row {
  name: string;
  cells: readonly { text: string; bad?: boolean }[];
}

function NumbersTable({
  title,
  headings: [first, ...others],
  rows,
  empty,
  children,
}: {
  title: string;
  headings: readonly string[];
  rows: readonly Row[];
  empty: string;
  children?: ReactNode;
}) {
  return (
    <section aria-label={title}>
      <h2 className="display text-2xl">{title}</h2>
      {rows.length === 0 ? (
        <p className="mt-4 text-muted">{empty}</p>
      ) : (
        <table className="mt-4 w-full text-sm">
          <thead>
            <tr className="border-b border-line text-right text-xs text-muted">
              <th scope="col" className="py-2 pr-2 text-left font-medium">
                {first}
              </th>
              {others.map((heading) => (
                <th key={heading} scope="col" className="py-2 pl-3 font-medium">
                  {heading}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, cells }) => (
              <tr key={name} className="border-b border-line text-right">
                <th scope="row" className="py-2 pr-2 text-left font-normal [overflow-wrap:anywhere]">
                  {name}
                </th>
                {cells.map(({ text, bad }, index) => (
                  <td
                    key={others[index]}
                    className={cn("tabular py-2 pl-3", bad && "font-semibold text-danger")}
                  >
                    {text}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {children}
    </section>
  );
}
