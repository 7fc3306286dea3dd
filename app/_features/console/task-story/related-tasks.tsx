import { useTranslations } from "next-intl";
import { cn } from "@/app/_ui/cn";
import { Link } from "@/app/_ui/link";
import type { TaskStory } from "@/lib/ops";
import { ExactTime } from "./exact-time";

/** Other tasks about the same order, in the order of their creation. */
export function RelatedTasks({ related }: { related: TaskStory["related"] }) {
  const t = useTranslations("taskConsole");
  return (
    <ol className="rounded-2xl border border-line bg-raised/70 px-5">
      {related.map(({ id, queue, state, error, createdAt }) => (
        <li key={id} className="border-b border-line py-2 text-sm last:border-0">
          <Link
            href={`/admin/tasks/${id}`}
            className="flex min-h-11 flex-wrap items-center gap-x-3 underline decoration-line-strong underline-offset-4"
          >
            <span className="font-semibold">{queue}</span>
            <span className={cn("text-muted", state === "dead" && "text-danger")}>
              {t(`states.${state}`)}
            </span>
            <ExactTime at={createdAt} className="tabular text-faint" />
          </Link>
          {error ? (
            <p dir="auto" className="pb-2 text-danger [overflow-wrap:anywhere]">
              {error}
            </p>
          ) : null}
        </li>
      ))}
    </ol>
  );
}
