import { Pause } from "lucide-react";
import { useTranslations } from "next-intl";
import { RelativeTime } from "@/app/_ui/relative-time";
import { isolate } from "@/lib/schemas/isolate";
import type { QueueOverview } from "@/lib/tasks";
import { InlineAction } from "./inline-action";
import { PauseForm } from "./pause-form";

/** The paused queues with their reasons, each with a way to resume it, and a form that pauses another. */
export function PausePanel({ queues, renderedAt }: { queues: readonly QueueOverview[]; renderedAt: number }) {
  const t = useTranslations("taskActions");
  const paused = queues.flatMap(({ queue, paused: pause }) => (pause ? [{ queue, ...pause }] : []));
  const running = queues.filter((row) => row.available && !row.paused).map(({ queue }) => queue);
  return (
    <section className="mt-6 flex flex-col gap-3" aria-label={t("pauses")}>
      {paused.map(({ queue, reason, pausedAt }) => (
        <div
          key={queue}
          className="flex flex-wrap items-center gap-3 rounded-2xl border border-danger/60 bg-danger-ground p-5"
        >
          <Pause className="size-5 shrink-0 text-danger" aria-hidden="true" />
          <p className="min-w-0 flex-1 basis-56">
            <span className="font-semibold">{t("isPaused", { queue })}</span>{" "}
            <RelativeTime at={pausedAt} renderedAt={renderedAt} className="text-sm text-muted" />
            <span dir="auto" className="block text-sm text-muted [overflow-wrap:anywhere]">
              {reason}
            </span>
          </p>
          <InlineAction
            path={`/api/admin/queues/${queue}/resume`}
            label={t("resume")}
            effect={t("resumeEffect", { queue: isolate(queue) })}
          />
        </div>
      ))}
      <div className="flex flex-wrap items-start gap-3">
        <PauseForm queues={running} />
      </div>
    </section>
  );
}
