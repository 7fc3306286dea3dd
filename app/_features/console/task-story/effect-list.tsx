import { useTranslations } from "next-intl";
import { Link } from "@/app/_ui/link";
import type { Effect, TaskStory } from "@/lib/ops";
import { ExactTime } from "./exact-time";
import { StoryNote } from "./section";

/** The rows that the task wrote, as they are now. */
export function EffectList({ effects }: { effects: TaskStory["effects"] }) {
  const t = useTranslations("taskStory");
  if (effects.length === 0) return <StoryNote>{t("noEffects")}</StoryNote>;
  return (
    <ul className="rounded-2xl border border-line bg-raised/70 px-5">
      {effects.map((effect) => (
        <li key={`${effect.kind} ${effect.id}`} className="border-b border-line py-3 text-sm last:border-0">
          <p className="flex flex-wrap items-baseline gap-x-3">
            <span className="font-semibold">{t(`kinds.${effect.kind}`)}</span>
            {effect.detail ? <span className="text-muted">{effect.detail}</span> : null}
            {effect.at ? <ExactTime at={effect.at} className="tabular text-faint" /> : null}
          </p>
          <EffectId effect={effect} />
        </li>
      ))}
    </ul>
  );
}

function EffectId({ effect: { kind, id } }: { effect: Effect }) {
  const path = kind === "task" ? `/admin/tasks/${id}` : kind === "order" ? `/orders/${id}` : null;
  if (path === null) return <p className="tabular text-xs break-all text-faint">{id}</p>;
  return (
    <Link
      href={path}
      className="tabular inline-flex min-h-11 items-center text-xs break-all underline decoration-line-strong underline-offset-4"
    >
      {id}
    </Link>
  );
}
