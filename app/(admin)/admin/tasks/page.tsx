import { redirect } from "next/navigation";
import { getFormatter, getTranslations } from "next-intl/server";
import { ConsoleHeader } from "@/app/_features/console/console-header";
import { DeadTasksPanel } from "@/app/_features/console/dead-tasks-panel";
import { PausePanel } from "@/app/_features/console/pause-panel";
import { QueueTable } from "@/app/_features/console/queue-table";
import { StatTiles } from "@/app/_features/console/stat-tiles";
import { TaskCard } from "@/app/_features/console/task-card";
import { TaskFilter } from "@/app/_features/console/task-filter";
import { Page } from "@/app/_shell/page";
import { readForPage } from "@/app/_shell/read-for-page";
import { Link } from "@/app/_ui/link";
import { Pager } from "@/app/_ui/pager";
import { requireAdmin } from "@/app/(admin)/admin/require-admin";
import { countOpenAlerts } from "@/lib/ops";
import { idSchema } from "@/lib/schemas/id";
import {
  deadTasksQuerySchema,
  getTaskOverview,
  listTasks,
  MAX_COUNT,
  type QueueOverview,
  taskFilterSchema,
} from "@/lib/tasks";

export async function generateMetadata() {
  const t = await getTranslations("console");
  return { title: t("tasks"), robots: { index: false } };
}

export default async function AdminTasksPage({ searchParams }: PageProps<"/admin/tasks">) {
  const { cursor, id, queue, state, error, about, from, to } = await searchParams;
  const page = deadTasksQuerySchema.safeParse({ cursor });
  // The form sends an empty value for "any".
  const parsedFilter = taskFilterSchema.safeParse({
    queue: queue || undefined,
    state: state || undefined,
    error: error || undefined,
    about: about || undefined,
    from: toInstant(from),
    to: toInstant(to),
    cursor,
  });
  const filter = parsedFilter.success ? parsedFilter.data : taskFilterSchema.parse({});
  const filterQuery = definedTexts({
    queue: filter.queue,
    state: filter.state,
    error: filter.error,
    about: filter.about,
    from: filter.from,
    to: filter.to,
  });
  const { state: _state, ...redriveQuery } = filterQuery;
  const isFiltered = Object.keys(filterQuery).length > 0;
  const requestedId = idSchema.safeParse(id);
  // Bookmarks and mails of earlier deployments.
  if (requestedId.success) redirect(`/admin/tasks/${requestedId.data}`);
  const viewer = await requireAdmin("/admin/tasks");
  const [{ queues, dead }, found, alerts] = await readForPage(
    Promise.all([
      getTaskOverview(viewer, page.success && !isFiltered ? page.data : {}),
      isFiltered ? listTasks(viewer, filter) : undefined,
      countOpenAlerts(),
    ]),
  );
  const [t, shell, format] = await Promise.all([
    getTranslations("taskConsole"),
    getTranslations("console"),
    getFormatter(),
  ]);
  const renderedAt = Date.now();
  const list = found ?? dead;
  const countStates = (...states: (keyof QueueOverview["counts"])[]) =>
    queues.reduce((total, { counts }) => states.reduce((part, state) => part + counts[state], total), 0);
  const formatCount = (count: number) => `${format.number(count)}${count >= MAX_COUNT ? "+" : ""}`;
  const [waitingCount, runningCount, deadCount] = [
    countStates("pending", "published"),
    countStates("running"),
    countStates("dead"),
  ];
  return (
    <Page className="pt-8 sm:pt-12">
      <ConsoleHeader section="tasks" title={shell("tasks")} lead={t("lead")} alerts={alerts}>
        <Link
          href="/admin/tasks/schedules"
          className="inline-flex min-h-11 items-center text-muted underline underline-offset-4"
        >
          {t("schedules")}
        </Link>
      </ConsoleHeader>
      <StatTiles
        label={shell("tasks")}
        tiles={[
          {
            name: t("states.pending"),
            value: formatCount(waitingCount),
            tone: waitingCount > 0 ? "moving" : "faint",
          },
          {
            name: t("states.running"),
            value: formatCount(runningCount),
            tone: runningCount > 0 ? "moving" : "faint",
          },
          { name: t("states.dead"), value: formatCount(deadCount), tone: deadCount > 0 ? "bad" : "faint" },
          { name: t("states.done"), value: formatCount(countStates("done")), tone: "plain" },
        ]}
      />
      <QueueTable queues={queues} renderedAt={renderedAt} />
      <PausePanel queues={queues} renderedAt={renderedAt} />
      <TaskFilter
        queues={queues.map((row) => row.queue)}
        queue={filter.queue ?? ""}
        state={filter.state ?? ""}
        error={filter.error ?? ""}
        about={filter.about ?? ""}
        from={filter.from ?? ""}
        to={filter.to ?? ""}
      />
      <section className="mt-12" aria-labelledby="dead">
        <h2 id="dead" className="display text-2xl">
          {t(found ? "found" : "dead")}
        </h2>
        {list.items.length > 0 && (filter.state === undefined || filter.state === "dead") ? (
          <DeadTasksPanel filter={redriveQuery} key={JSON.stringify(redriveQuery)} />
        ) : null}
        {found && list.items.length === 0 ? (
          <div className="mt-4 rounded-2xl border border-dashed border-line-strong p-6">
            <p className="font-semibold">{t("foundNone")}</p>
            <Link href="/admin/tasks" className="text-muted underline underline-offset-4">
              {t("clear")}
            </Link>
          </div>
        ) : list.items.length === 0 ? (
          <div className="mt-4 rounded-2xl border border-dashed border-line-strong p-6">
            <p className="font-semibold">{t("deadNone")}</p>
            <p className="mt-1 text-muted">{t("deadNoneText")}</p>
          </div>
        ) : (
          <ul className="mt-4 flex flex-col gap-3">
            {list.items.map((item) => (
              <li key={item.id}>
                <TaskCard task={item} renderedAt={renderedAt} />
              </li>
            ))}
          </ul>
        )}
        <Pager
          path="/admin/tasks"
          query={filterQuery}
          nextCursor={list.nextCursor}
          continued={page.success && page.data.cursor !== undefined}
        />
      </section>
    </Page>
  );
}

/** A date of the form, or a time in a link. */
function toInstant(value: string | string[] | undefined): string | undefined {
  if (typeof value !== "string" || value === "") return undefined;
  const at = new Date(value.length === 16 ? `${value}Z` : value);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

function definedTexts(texts: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).flatMap(([name, text]) => (text ? [[name, text]] : [])));
}
