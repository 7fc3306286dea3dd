import { useFormatter, useTranslations } from "next-intl";
import { cn } from "@/app/_ui/cn";
import type { TaskStory } from "@/lib/ops";
import { ExactTime } from "./exact-time";
import { StoryNote } from "./section";

const TONES = { running: "text-accent-text", done: "text-ink", failed: "text-danger" } as const;

/** Each attempt with its times and its error, oldest first. */
export function AttemptList({ attempts, total }: { attempts: TaskStory["attempts"]; total: number }) {
  const t = useTranslations("taskStory");
  const format = useFormatter();
  if (total === 0) return <StoryNote>{t("noAttempts")}</StoryNote>;
  const missing = total - attempts.length;
  return (
    <>
      {missing > 0 ? (
        <p className="mb-3 text-sm text-muted">{t("moreAttempts", { count: missing })}</p>
      ) : null}
      <ol className="flex flex-col gap-3">
        {attempts.map(({ attempt, outcome, startedAt, endedAt, error }) => (
          <li key={attempt} className="rounded-2xl border border-line bg-raised/70 p-4">
            <p className="flex flex-wrap items-baseline gap-x-3">
              <span className="font-semibold">{t("attempt", { number: attempt })}</span>
              <span className={cn("font-semibold", TONES[outcome])}>{t(`outcomes.${outcome}`)}</span>
              {startedAt ? <ExactTime at={startedAt} className="tabular text-sm text-muted" /> : null}
              {startedAt && endedAt ? (
                <span className="tabular text-sm text-faint">
                  {t("took", {
                    seconds: format.number((Date.parse(endedAt) - Date.parse(startedAt)) / 1_000, {
                      maximumFractionDigits: 2,
                    }),
                  })}
                </span>
              ) : null}
            </p>
            {error ? (
              <p className="mt-2 text-sm text-danger [overflow-wrap:anywhere]" dir="auto">
                {error}
              </p>
            ) : null}
          </li>
        ))}
      </ol>
    </>
  );
}
