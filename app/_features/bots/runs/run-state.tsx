import { useTranslations } from "next-intl";
import { cn } from "@/app/_ui/cn";
import type { BotExecutionState } from "@/lib/schemas/enums";

const TONES = {
  running: "bg-accent text-on-accent",
  waiting: "bg-accent text-on-accent",
  done: "bg-ink/8 text-muted",
  failed: "bg-danger-ground text-danger",
  cancelled: "bg-ink/8 text-faint",
} as const satisfies Record<BotExecutionState, string>;

export function RunState({ state }: { state: BotExecutionState }) {
  const t = useTranslations("botRuns.states");
  return (
    <span
      className={cn(
        "inline-flex shrink-0 rounded-full px-3 py-0.5 text-xs leading-5 font-semibold",
        TONES[state],
      )}
    >
      {t(state)}
    </span>
  );
}
