import { getFormatter, getTranslations } from "next-intl/server";
import { ConsoleHeader } from "@/app/_features/console/console-header";
import { OperatorAction } from "@/app/_features/console/operator-action";
import { BackupButton } from "@/app/_features/console/redis/backup-button";
import { InfoSections, ReportedLines } from "@/app/_features/console/redis/report";
import { StatTiles } from "@/app/_features/console/stat-tiles";
import { UnavailableNote } from "@/app/_features/console/unavailable-note";
import { Page } from "@/app/_shell/page";
import { readForPage, toNullWhenUnavailable } from "@/app/_shell/read-for-page";
import { Button } from "@/app/_ui/button";
import { Link } from "@/app/_ui/link";
import { requireAdmin } from "@/app/(admin)/admin/require-admin";
import { countOpenAlerts, type RedisReport, readRedisReport } from "@/lib/ops";

export async function generateMetadata() {
  const t = await getTranslations("console");
  return { title: t("redis"), robots: { index: false } };
}

export default async function AdminRedisPage() {
  const viewer = await requireAdmin("/admin/redis");
  const [report, alerts] = await Promise.all([
    readForPage(readRedisReport(viewer)).catch(toNullWhenUnavailable),
    readForPage(countOpenAlerts()).catch(toNullWhenUnavailable),
  ]);
  const [t, shell] = await Promise.all([getTranslations("redisConsole"), getTranslations("console")]);
  return (
    <Page className="pt-8 sm:pt-12">
      <ConsoleHeader section="redis" title={shell("redis")} lead={t("lead")} alerts={alerts}>
        <Button asChild>
          <Link href="/admin/redis/keys">{t("toKeys")}</Link>
        </Button>
      </ConsoleHeader>
      {report ? (
        <>
          <ReportTiles info={report.info} />
          <ReportedLines id="slowlog" title={t("slowLog")} report={report.slowLog} />
          <ReportedLines id="clients" title={t("clients")} report={report.clients} />
          <InfoSections info={report.info} />
        </>
      ) : (
        <UnavailableNote title={t("unavailableTitle")} text={t("unavailableText")} />
      )}
      <section className="mt-12" aria-labelledby="actions">
        <h2 id="actions" className="display text-2xl">
          {t("actions")}
        </h2>
        <p className="mt-2 max-w-[60ch] text-muted">{t("actionsText")}</p>
        <div className="mt-4 flex flex-wrap gap-2">
          <BackupButton />
          <OperatorAction
            path="/api/admin/redis/kinds/delete"
            field={{ name: "kind", label: t("kind"), hint: t("kindHint") }}
            label={t("drop")}
            title={t("drop")}
            text={t("dropText")}
            confirm={t("dropAction")}
            result="deleted"
            look="danger"
          />
        </div>
      </section>
    </Page>
  );
}

/** The numbers that matter first, as far as this server reports them. */
async function ReportTiles({ info }: { info: RedisReport["info"] }) {
  const [t, format] = await Promise.all([getTranslations("redisConsole"), getFormatter()]);
  const find = (name: string) => Object.values(info).find((section) => name in section)?.[name];
  const number = (name: string) => {
    const text = find(name);
    return text !== undefined && /^\d+$/.test(text) ? format.number(Number(text)) : "–";
  };
  const keys = Object.values(info.keyspace ?? {}).reduce(
    (sum, database) => sum + Number(/keys=(\d+)/.exec(database)?.[1] ?? 0),
    0,
  );
  return (
    <StatTiles
      label={t("tiles")}
      tiles={[
        {
          name: t("memory"),
          value: find("used_memory_human") ?? "–",
          tone: "plain",
          hint: find("maxmemory_policy"),
        },
        { name: t("keys"), value: info.keyspace ? format.number(keys) : "–", tone: "plain" },
        { name: t("commands"), value: number("total_commands_processed"), tone: "plain" },
        {
          name: t("evicted"),
          value: number("evicted_keys"),
          tone: find("evicted_keys") === "0" ? "faint" : "plain",
        },
      ]}
    />
  );
}
