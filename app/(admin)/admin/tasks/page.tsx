import { getFormatter, getTranslations } from "next-intl/server";
import { ConsoleHeader } from "@/app/_features/console/console-header";
import { QueueTable } from "@/app/_features/console/queue-table";
import { StatTiles } from "@/app/_features/console/stat-tiles";
import { TaskCard } from "@/app/_features/console/task-card";
import { TaskFilter } from "@/app/_features/console/task-filter";
import { Page } from "@/app/_shell/page";
import { readForPage } from "@/app/_shell/read-for-page";
import type { Viewer } from "@/app/_shell/viewer";
import { Link } from "@/app/_ui/link";
import { Pager } from "@/app/_ui/pager";
import { requireAdmin } from "@/app/(admin)/admin/require-admin";
import { AppError } from "@/lib/core/errors";
import { countOpenAlerts } from "@/lib/ops";
import { idSchema } from "@/lib/schemas/id";
import type { TaskView } from "@/lib/schemas/task";
import {
  deadTasksQuerySchema,
  getTask,
  getTaskOverview,
  listTasks,
  type QueueOverview,
  taskFilterSchema,
} from "@/lib/tasks";

export async function generateMetadata() {
  const t = await getTranslations("console");
  return { title: t("tasks"), robots: { index: false } };
}

export default async function AdminTasksPage({ searchParams }: PageProps<"/admin/tasks">) {
  const { cursor, id, queue, state, error } = await searchParams;
  const page = deadTasksQuerySchema.safeParse({ cursor });
  // The form sends an empty value for "any".
  const parsedFilter = taskFilterSchema.safeParse({
    queue: queue || undefined,
    state: state || undefined,
    error: error || undefined,
    cursor,
  });
  const filter = parsedFilter.success ? parsedFilter.data : taskFilterSchema.parse({});
  const filterQuery = definedTexts({ queue: filter.queue, state: filter.state, error: filter.error });
  const isFiltered = Object.keys(filterQuery).length > 0;
  const requestedId = idSchema.safeParse(id);
  const viewer = await requireAdmin("/admin/tasks");
  const [{ queues, dead }, found, alerts, task] = await readForPage(
    Promise.all([
      getTaskOverview(viewer, page.success && !isFiltered ? page.data : {}),
      isFiltered ? listTasks(viewer, filter) : undefined,
      countOpenAlerts(),
      requestedId.success ? findTask(requestedId.data, viewer) : undefined,
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
  const [waitingCount, runningCount, deadCount] = [
    countStates("pending", "published"),
    countStates("running"),
    countStates("dead"),
  ];
  return (
    <Page className="pt-8 sm:pt-12">
      <ConsoleHeader section="tasks" title={shell("tasks")} lead={t("lead")} alerts={alerts} />
      {task !== undefined ? (
        <section className="mt-10" aria-labelledby="one">
          <div className="flex flex-wrap items-baseline justify-between gap-3">
            <h2 id="one" className="display text-2xl">
              {t("one")}
            </h2>
            <Link href="/admin/tasks" className="text-muted underline underline-offset-4">
              {t("all")}
            </Link>
          </div>
          <div className="mt-4">
            {task ? (
              <TaskCard task={task} renderedAt={renderedAt} />
            ) : (
              <p className="text-muted">{t("oneMissing")}</p>
            )}
          </div>
        </section>
      ) : null}
      <StatTiles
        label={shell("tasks")}
        tiles={[
          {
            name: t("states.pending"),
            value: format.number(waitingCount),
            tone: waitingCount > 0 ? "moving" : "faint",
          },
          {
            name: t("states.running"),
            value: format.number(runningCount),
            tone: runningCount > 0 ? "moving" : "faint",
          },
          { name: t("states.dead"), value: format.number(deadCount), tone: deadCount > 0 ? "bad" : "faint" },
          { name: t("states.done"), value: format.number(countStates("done")), tone: "plain" },
        ]}
      />
      <QueueTable queues={queues} renderedAt={renderedAt} />
      <TaskFilter
        queues={queues.map((row) => row.queue)}
        queue={filter.queue ?? ""}
        state={filter.state ?? ""}
        error={filter.error ?? ""}
      />
      <section className="mt-12" aria-labelledby="dead">
        <h2 id="dead" className="display text-2xl">
          {t(found ? "found" : "dead")}
        </h2>
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

function definedTexts(texts: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).flatMap(([name, text]) => (text ? [[name, text]] : [])));
}

/** The task that an alert or a log line links to; null when it does not exist. */
async function findTask(id: string, { id: userId, seq, role, name }: Viewer): Promise<TaskView | null> {
  try {
    return await getTask(id, { userId, seq, role, name });
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") return null;
    throw error;
  }
}
