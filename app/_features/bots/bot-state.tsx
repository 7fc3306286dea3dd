import { useTranslations } from "next-intl";
import { cn } from "@/app/_ui/cn";
import type { Bot } from "@/lib/schemas/bot-console";

export function BotState({ state }: Pick<Bot, "state">) {
  const t = useTranslations("bots.states");
  return (
    <span className="inline-flex shrink-0 items-center gap-2 rounded-full border border-line-strong px-3 py-1 text-xs font-semibold">
      <span
        className={cn("size-2 rounded-full", state === "active" ? "bg-mark" : "border border-muted")}
        aria-hidden="true"
      />
      {t(state)}
    </span>
  );
}
