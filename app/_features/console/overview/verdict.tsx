import { CircleCheck, TriangleAlert } from "lucide-react";
import { useFormatter, useTranslations } from "next-intl";
import { Link } from "@/app/_ui/link";
import type { BackendName, Overview, Trouble } from "@/lib/ops";

/** Where an operator goes on from a trouble. */
const LINKS: Partial<Record<Trouble, "/admin/alerts" | "/admin/tasks" | "/admin/views">> = {
  alerts: "/admin/alerts",
  dead_tasks: "/admin/tasks",
  tasks_wait: "/admin/tasks",
  queues_paused: "/admin/tasks",
  paid_orders: "/admin/tasks",
  views_wait: "/admin/views",
};

/** Says that all is well only when everything was looked at and is. */
export function Verdict({ overview }: { overview: Overview }) {
  const t = useTranslations("overviewConsole");
  const { troubles } = overview;
  if (troubles.length === 0) {
    return (
      <p
        role="status"
        className="mt-8 flex items-center gap-3 rounded-2xl border border-line bg-raised/70 p-5 text-lg font-semibold"
      >
        <CircleCheck className="size-6 shrink-0 text-accent-text" aria-hidden="true" />
        {t("well")}
      </p>
    );
  }
  return (
    <section role="status" aria-labelledby="troubles" className="mt-8 rounded-2xl bg-danger-ground p-5">
      <h2 id="troubles" className="flex items-center gap-3 text-lg font-semibold text-danger">
        <TriangleAlert className="size-6 shrink-0" aria-hidden="true" />
        {t("notWell", { count: troubles.length })}
      </h2>
      <ul className="mt-3 flex flex-col gap-1">
        {troubles.map((trouble) => (
          <TroubleLine key={trouble} trouble={trouble} overview={overview} />
        ))}
      </ul>
    </section>
  );
}

function TroubleLine({ trouble, overview }: { trouble: Trouble; overview: Overview }) {
  const text = useTroubleText(overview)(trouble);
  const href = LINKS[trouble];
  return (
    <li className="[overflow-wrap:anywhere]">
      {href ? (
        <Link href={href} className="inline-flex min-h-11 items-center underline underline-offset-4">
          {text}
        </Link>
      ) : (
        <span className="inline-flex min-h-11 items-center">{text}</span>
      )}
    </li>
  );
}

function useTroubleText({ backends, business }: Overview): (trouble: Trouble) => string {
  const t = useTranslations("overviewConsole");
  const format = useFormatter();
  const namesWith = (wanted: "down" | "slow") =>
    (Object.keys(backends) as BackendName[])
      .filter((name) => backends[name].status === wanted)
      .map((name) => {
        const { reason } = backends[name];
        const label = t(`backends.${name}`);
        if (!reason || reason === "database") return label;
        return t("backendWithFault", { name: label, fault: t(`faults.${reason}`) });
      });
  return (trouble) => {
    switch (trouble) {
      case "backend":
        return t("troubles.backend", {
          names: format.list(namesWith("down")),
        });
      case "backend_slow":
        return t("troubles.backend_slow", { names: format.list(namesWith("slow")) });
      case "alerts":
        return t("troubles.alerts", { count: business?.openAlerts ?? 0 });
      case "dead_tasks":
        return t("troubles.dead_tasks", { count: business?.deadTasks ?? 0 });
      case "tasks_wait":
        return t("troubles.tasks_wait", {
          count: Math.floor((business?.oldestWaitingSeconds ?? 0) / 60),
        });
      case "queues_paused":
        return t("troubles.queues_paused", { names: format.list(business?.pausedQueues ?? []) });
      case "paid_orders":
        return t("troubles.paid_orders", { count: business?.paidOrdersWithoutTasks ?? 0 });
      case "views_wait":
        return t("troubles.views_wait", { count: business?.viewsWaiting ?? 0 });
      case "numbers_unknown":
      case "quota":
      case "errors":
        return t(`troubles.${trouble}`);
    }
  };
}
