import { useTranslations } from "next-intl";
import { Link } from "@/app/_ui/link";
import { RelativeTime } from "@/app/_ui/relative-time";
import type { ExecutionSummary } from "@/lib/schemas/bot-executions";
import { isolate } from "@/lib/schemas/isolate";
import { RunState } from "./run-state";

interface Props {
  botId: string;
  execution: ExecutionSummary;
  renderedAt: number;
}

export function RunRow({ botId, execution, renderedAt }: Props) {
  const t = useTranslations("botRuns");
  const { id, person, state, workflowKey, versionNumber, nodeId, stepNo, failure, createdAt } = execution;
  return (
    <li className="relative grid grid-cols-[minmax(0,1fr)_auto] items-start gap-x-4 gap-y-1 border-b border-line py-4 last:border-0">
      <div className="min-w-0">
        <h2 className="font-semibold [overflow-wrap:anywhere]">
          <Link
            href={`/bots/${botId}/runs/${id}`}
            className="stretched underline-offset-4 hover:underline"
            aria-label={t("runOf", { name: isolate(person.name) })}
          >
            <bdi>{person.name}</bdi>
          </Link>
        </h2>
        <p className="mt-0.5 flex flex-wrap gap-x-3 text-sm text-muted">
          <span>
            {workflowKey} · {versionNumber === null ? t("testRun") : t("version", { number: versionNumber })}
          </span>
          {state === "waiting" || state === "running" || state === "failed" ? (
            <span className="[overflow-wrap:anywhere]">{t("at", { id: nodeId })}</span>
          ) : null}
          <span>{t("steps", { count: stepNo })}</span>
          {person.isBlocked ? <span className="text-danger">{t("blocked")}</span> : null}
        </p>
        {failure ? <p className="mt-1 text-sm text-danger">{t("failure", { reason: failure })}</p> : null}
      </div>
      <div className="flex flex-col items-end gap-1.5">
        <RunState state={state} />
        <RelativeTime at={createdAt} renderedAt={renderedAt} className="text-xs text-faint" />
      </div>
    </li>
  );
}
