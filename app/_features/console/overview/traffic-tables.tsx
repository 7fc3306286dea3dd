import { useFormatter, useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { cn } from "@/app/_ui/cn";
import { Link } from "@/app/_ui/link";
import { NumberTable, type NumberTableProps } from "@/app/_ui/number-table";
import type { Traffic } from "@/lib/ops";
import { useSeconds } from "./seconds";

/** The routes with the most errors, then the most requests; caches by their lookups; limits by their refusals. */
export function TrafficTables({ routes, caches, limits }: Pick<Traffic, "routes" | "caches" | "limits">) {
  const t = useTranslations("overviewConsole");
  const format = useFormatter();
  const formatSeconds = useSeconds();
  return (
    <div className="mt-12 grid gap-x-10 gap-y-12 lg:grid-cols-[3fr_2fr]">
      <TrafficTable
        title={t("routes")}
        headings={[t("route"), t("requests"), t("errors"), t("p95")]}
        empty={t("noRequests")}
        rows={routes.map(({ route, requests, errors, p95Seconds }) => ({
          key: route,
          cells: [
            route,
            format.number(requests),
            <span key="errors" className={cn(errors > 0 && "font-semibold text-danger")}>
              {format.number(errors)}
            </span>,
            formatSeconds(p95Seconds),
          ],
        }))}
      />
      <div className="flex flex-col gap-12">
        <TrafficTable
          title={t("caches")}
          headings={[t("namespace"), t("lookups"), t("hitRate")]}
          empty={t("noLookups")}
          rows={caches.map(({ namespace, lookups, hits }) => ({
            key: namespace,
            cells: [
              namespace,
              format.number(lookups),
              format.number(hits / lookups, { style: "percent", maximumFractionDigits: 1 }),
            ],
          }))}
        />
        <TrafficTable
          title={t("limits")}
          headings={[t("policy"), t("refused")]}
          empty={t("noneLimited")}
          rows={limits.map(({ policy, refused }) => ({
            key: policy,
            cells: [policy, format.number(refused)],
          }))}
        >
          <Link
            href="/admin/limits"
            className="mt-2 inline-flex min-h-11 items-center text-sm underline underline-offset-4"
          >
            {t("limitedNow")}
          </Link>
        </TrafficTable>
      </div>
    </div>
  );
}

/** A table under its heading, or a text in place of an empty one. */
function TrafficTable({
  title,
  headings,
  rows,
  empty,
  children,
}: {
  title: string;
  headings: readonly string[];
  rows: NumberTableProps["rows"];
  empty: string;
  children?: ReactNode;
}) {
  return (
    <section aria-label={title}>
      <h2 className="display text-2xl">{title}</h2>
      {rows.length === 0 ? (
        <p className="mt-4 text-muted">{empty}</p>
      ) : (
        <NumberTable label={title} columns={headings.map((heading) => ({ heading }))} rows={rows} />
      )}
      {children}
    </section>
  );
}
