import { log } from "../core/log";
import { foldBatches, formatPrometheus, type Gauge, readAllTime } from "../metrics";
import { type BusinessNumbers, readBusinessNumbers } from "./business-numbers";
import { checkHealth } from "./health";

/**
 * Everything for Prometheus: what all instances have counted since ever, the numbers of the ledger, and which backends
 * answer. Without Postgres the first two are left out. Costs two Redis commands for the counts, some for the views, and
 * a few statements.
 */
export async function renderMetrics(): Promise<string> {
  const health = checkHealth();
  try {
    await foldBatches();
    const [counts, numbers] = await Promise.all([readAllTime(), readBusinessNumbers()]);
    return formatPrometheus(counts, [...backendGauges(await health), ...businessGauges(numbers)]);
  } catch (error) {
    log().warn({ err: error }, "metrics incomplete: Postgres unavailable");
    return formatPrometheus({}, backendGauges(await health));
  }
}

function backendGauges({ database, redis, qstash }: Awaited<ReturnType<typeof checkHealth>>): Gauge[] {
  const checks = Object.entries({ database, redis, qstash });
  return [
    {
      name: "backend_up",
      help: "Whether a backend answers (1) or not (0).",
      samples: checks.map(([backend, { status }]) => ({
        labels: { backend },
        value: status === "ok" ? 1 : 0,
      })),
    },
    {
      name: "backend_check_duration_seconds",
      help: "How long the check of a backend took.",
      samples: checks.map(([backend, { latencyMs }]) => ({ labels: { backend }, value: latencyMs / 1_000 })),
    },
  ];
}

function businessGauges({ tasks, paidOrdersWithoutTasks, openAlerts, views }: BusinessNumbers): Gauge[] {
  const gauge = (name: string, help: string, value: number): Gauge => ({ name, help, samples: [{ value }] });
  return [
    {
      name: "tasks",
      help: "Tasks that are not finished, and dead ones; 10000 stands for that many and more.",
      samples: tasks.map(({ queue, state, tasks: value }) => ({ labels: { queue, state }, value })),
    },
    {
      name: "task_oldest_waiting_seconds",
      help: "For how long the oldest task could have run and did not.",
      samples: tasks
        .filter(({ oldestWaitingSeconds }) => oldestWaitingSeconds > 0)
        .map(({ queue, state, oldestWaitingSeconds: value }) => ({ labels: { queue, state }, value })),
    },
    gauge(
      "paid_orders_without_tasks",
      "Orders of the last 30 days, paid, that lack a task of theirs: must be 0.",
      paidOrdersWithoutTasks,
    ),
    gauge("alerts_open", "Alerts that no administrator has closed.", openAlerts),
    ...(views.available ? viewGauges() : []),
  ];

  function viewGauges(): Gauge[] {
    return [
      gauge(
        "views_waiting",
        "Views that Postgres does not have yet.",
        views.pendingViews + views.claimedViews,
      ),
      gauge(
        "plays_waiting",
        "Plays that Postgres does not have yet.",
        views.plays.pendingViews + views.plays.claimedViews,
      ),
      ...(views.lastRun
        ? [
            gauge(
              "view_sync_last_timestamp_seconds",
              "When the last sync of views began.",
              Date.parse(views.lastRun.at) / 1_000,
            ),
          ]
        : []),
    ];
  }
}
