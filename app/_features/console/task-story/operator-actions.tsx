import { useTranslations } from "next-intl";
import { AUDIT_ACTIONS } from "@/lib/audit";
import type { TaskStory } from "@/lib/ops";
import { ExactTime } from "./exact-time";

/** What operators did with the task, newest first, and why. */
export function OperatorActions({ audit }: { audit: TaskStory["audit"] }) {
  const t = useTranslations("taskStory");
  const actions = useTranslations("auditConsole");
  return (
    <ol className="rounded-2xl border border-line bg-raised/70 px-5">
      {audit.map(({ id, action, actorName, reason, createdAt }) => {
        const known = AUDIT_ACTIONS.find((name) => name === action);
        return (
          <li key={id} className="border-b border-line py-3 text-sm last:border-0">
            <p className="flex flex-wrap items-baseline gap-x-3">
              <span className="font-semibold">{known ? actions(`actions.${known}`) : action}</span>
              <bdi className="text-muted">{actorName ?? actions("gone")}</bdi>
              <ExactTime at={createdAt} className="tabular text-faint" />
            </p>
            <p dir="auto" className="text-muted [overflow-wrap:anywhere]">
              {reason ?? t("noReason")}
            </p>
          </li>
        );
      })}
    </ol>
  );
}
