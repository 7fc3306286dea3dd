import { getFormatter, getTranslations } from "next-intl/server";
import { ConsoleHeader } from "@/app/_features/console/console-header";
import { EmptyNote } from "@/app/_features/console/empty-note";
import { OperatorAction } from "@/app/_features/console/operator-action";
import { StatTiles } from "@/app/_features/console/stat-tiles";
import { UnavailableNote } from "@/app/_features/console/unavailable-note";
import { Page } from "@/app/_shell/page";
import { readForPage, toNullWhenUnavailable } from "@/app/_shell/read-for-page";
import { RelativeTime } from "@/app/_ui/relative-time";
import { requireAdmin } from "@/app/(admin)/admin/require-admin";
import { countOpenAlerts, getLive, type Live } from "@/lib/ops";

export async function generateMetadata() {
  const t = await getTranslations("console");
  return { title: t("live"), robots: { index: false } };
}

export default async function AdminLivePage() {
  const viewer = await requireAdmin("/admin/live");
  const [live, alerts] = await Promise.all([
    readForPage(getLive(viewer)).catch(toNullWhenUnavailable),
    readForPage(countOpenAlerts()).catch(toNullWhenUnavailable),
  ]);
  const [t, shell, format] = await Promise.all([
    getTranslations("liveConsole"),
    getTranslations("console"),
    getFormatter(),
  ]);
  const total = (key: "streams" | "people") =>
    live?.instances.reduce((sum, instance) => sum + instance[key], 0) ?? 0;
  return (
    <Page className="pt-8 sm:pt-12">
      <ConsoleHeader section="live" title={shell("live")} lead={t("lead")} alerts={alerts} />
      {live ? (
        <>
          <StatTiles
            label={shell("live")}
            tiles={[
              {
                name: t("online"),
                value: format.number(live.online),
                tone: live.online > 0 ? "moving" : "faint",
              },
              { name: t("streams"), value: format.number(total("streams")), tone: "plain" },
              {
                name: t("instances"),
                value: format.number(live.instances.length),
                tone: live.instances.length < live.asked ? "bad" : "plain",
                hint: live.instances.length < live.asked ? t("asked", { count: live.asked }) : undefined,
              },
            ]}
          />
          {live.instances.length === 0 ? (
            <EmptyNote title={t("noneTitle")} text={t("noneText")} />
          ) : (
            <ul className="mt-4 flex flex-col gap-3">
              {live.instances.map((instance) => (
                <li key={instance.instance}>
                  <InstanceCard instance={instance} renderedAt={Date.now()} />
                </li>
              ))}
            </ul>
          )}
        </>
      ) : (
        <UnavailableNote title={t("unavailableTitle")} text={t("unavailableText")} />
      )}
      <section className="mt-12" aria-labelledby="actions">
        <h2 id="actions" className="display text-2xl">
          {t("actions")}
        </h2>
        <div className="mt-4 flex flex-wrap gap-2">
          <OperatorAction
            path="/api/admin/presence/clear"
            label={t("clearPresence")}
            title={t("clearPresence")}
            text={t("clearPresenceText")}
            confirm={t("clearPresence")}
            look="danger"
          />
          <OperatorAction
            path="/api/admin/sessions/clear"
            label={t("clearSessions")}
            title={t("clearSessions")}
            text={t("clearSessionsText")}
            confirm={t("clearSessions")}
            result="ended"
            look="danger"
          />
        </div>
      </section>
    </Page>
  );
}

async function InstanceCard({
  instance,
  renderedAt,
}: {
  instance: Live["instances"][number];
  renderedAt: number;
}) {
  const [t, format] = await Promise.all([getTranslations("liveConsole"), getFormatter()]);
  const { instance: id, startedAt, streams, people, live, channels } = instance;
  return (
    <article aria-labelledby={id} className="rounded-2xl border border-line bg-raised/70 p-5">
      <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">
        <h2 id={id} className="text-lg font-semibold">
          {t("instance", { id: id.slice(-6) })}
          <span className="ml-3 text-sm font-normal text-muted">
            {t.rich("since", { time: () => <RelativeTime at={startedAt} renderedAt={renderedAt} /> })}
          </span>
        </h2>
        <p className="tabular text-sm text-muted">
          {t("counts", { streams, people })}
          {live ? null : <span className="ml-2 font-semibold text-danger">{t("notLive")}</span>}
        </p>
      </div>
      <dl className="mt-3 flex flex-wrap gap-x-8 gap-y-2 border-t border-line pt-3 text-sm">
        {Object.entries(channels)
          .sort(([, a], [, b]) => b - a)
          .map(([kind, count]) => (
            <div key={kind}>
              <dt className="text-xs text-muted">{kind}</dt>
              <dd className="tabular">{format.number(count)}</dd>
            </div>
          ))}
      </dl>
    </article>
  );
}
