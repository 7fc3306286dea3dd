import { useFormatter, useTranslations } from "next-intl";
import { StatTiles } from "@/app/_features/console/stat-tiles";
import type { BusinessSummary, Traffic } from "@/lib/ops";
import { useSeconds } from "./seconds";

/** What the ledger says now. */
export function LedgerTiles({ business }: { business: BusinessSummary }) {
  const t = useTranslations("overviewConsole");
  const format = useFormatter();
  const { deadTasks, waitingTasks, runningTasks, paidOrdersWithoutTasks, viewsWaiting } = business;
  return (
    <StatTiles
      label={t("now")}
      tiles={[
        { name: t("deadTasks"), value: format.number(deadTasks), tone: deadTasks > 0 ? "bad" : "faint" },
        {
          name: t("openTasks"),
          value: format.number(waitingTasks + runningTasks),
          tone: waitingTasks + runningTasks > 0 ? "moving" : "faint",
        },
        {
          name: t("paidOrders"),
          value: format.number(paidOrdersWithoutTasks),
          tone: paidOrdersWithoutTasks > 0 ? "bad" : "faint",
        },
        {
          name: t("viewsWaiting"),
          value: viewsWaiting === null ? "–" : format.number(viewsWaiting),
          tone: viewsWaiting ? "moving" : "faint",
          hint: business.lastViewSyncAt
            ? t("lastSync", {
                time: format.dateTime(new Date(business.lastViewSyncAt), { timeStyle: "short" }),
              })
            : undefined,
        },
      ]}
    />
  );
}

/** What the instances counted over the range. */
export function TrafficTiles({ traffic }: { traffic: Traffic }) {
  const t = useTranslations("overviewConsole");
  const format = useFormatter();
  const formatSeconds = useSeconds();
  const lookups = traffic.caches.reduce((sum, cache) => sum + cache.lookups, 0);
  const hits = traffic.caches.reduce((sum, cache) => sum + cache.hits, 0);
  const count = (value: number) => format.number(value);
  return (
    <StatTiles
      label={t("counted")}
      tiles={[
        { name: t("requests"), value: count(traffic.requests), tone: "plain" },
        { name: t("errors"), value: count(traffic.errors), tone: traffic.errors > 0 ? "bad" : "faint" },
        {
          name: t("p95"),
          value: formatSeconds(traffic.p95Seconds),
          tone: "plain",
          hint: t("p50", { value: formatSeconds(traffic.p50Seconds) }),
        },
        {
          name: t("hitRate"),
          value: lookups === 0 ? "–" : format.number(hits / lookups, { style: "percent" }),
          tone: "plain",
        },
        { name: t("limited"), value: count(traffic.limited), tone: traffic.limited > 0 ? "plain" : "faint" },
        { name: t("redisCommands"), value: count(traffic.redisCommands), tone: "plain" },
        { name: t("qstashMessages"), value: count(traffic.qstashMessages), tone: "plain" },
        { name: t("sqlStatements"), value: count(traffic.sqlStatements), tone: "plain" },
      ]}
    />
  );
}
