import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { DayChart } from "@/app/_features/numbers/day-chart";
import { NumbersRange, parseRange } from "@/app/_features/numbers/numbers-range";
import { NumbersTable } from "@/app/_features/numbers/numbers-table";
import { NumbersTotals } from "@/app/_features/numbers/numbers-totals";
import { countSales } from "@/app/_features/numbers/sum-sales";
import { readForPage } from "@/app/_shell/read-for-page";
import { getViewer } from "@/app/_shell/viewer";
import { Button } from "@/app/_ui/button";
import { EmptyState } from "@/app/_ui/empty-state";
import { Link } from "@/app/_ui/link";
import { getOwnNumbers } from "@/lib/people";

export async function generateMetadata() {
  const t = await getTranslations("numbers");
  return { title: t("title"), robots: { index: false } };
}

/** Views, plays and sales of what the viewer published, by day. */
export default async function NumbersPage({ searchParams }: PageProps<"/me/numbers">) {
  const [{ days }, t, viewer] = await Promise.all([searchParams, getTranslations("numbers"), getViewer()]);
  if (!viewer) redirect("/sign-in?next=/me/numbers");
  const range = parseRange(days);
  const { items } = await readForPage(getOwnNumbers({ userId: viewer.id }, range));
  const series = [
    { key: "plays", title: t("chartPlays"), values: items.map(({ plays }) => plays) },
    { key: "views", title: t("chartViews"), values: items.map(({ views }) => views) },
    { key: "sales", title: t("chartSales"), values: items.map(({ sales }) => countSales(sales)) },
  ] as const;
  const isEmpty = series.every(({ values }) => values.every((value) => value === 0));
  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-4">
        <div>
          <h1 className="display text-2xl sm:text-3xl">{t("title")}</h1>
          <p className="mt-2 max-w-[60ch] text-pretty text-muted">{t("lead")}</p>
        </div>
        <NumbersRange current={range} />
      </div>
      {isEmpty ? (
        <EmptyState level="h2" title={t("emptyTitle")} text={t("emptyText")}>
          <Button asChild size="large">
            <Link href="/posts/new">{t("publish")}</Link>
          </Button>
        </EmptyState>
      ) : (
        <>
          <NumbersTotals items={items} />
          <div className="mt-10 grid gap-x-6 gap-y-8 lg:grid-cols-2">
            {series.map(({ key, title, values }) => (
              <DayChart
                key={key}
                name={t(key)}
                title={title}
                days={items.map(({ day }) => day)}
                values={values}
                className={key === "sales" ? "lg:col-span-2" : undefined}
              />
            ))}
          </div>
          <NumbersTable items={items} />
        </>
      )}
    </>
  );
}
