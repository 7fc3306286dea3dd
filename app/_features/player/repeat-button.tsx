"use client";

import { Repeat, Repeat1 } from "lucide-react";
import { useTranslations } from "next-intl";
import { cn } from "@/app/_ui/cn";
import { player } from "./player";
import { usePlayer } from "./use-player";

/** Goes from one way of repeating to the next; its name is the one that holds. */
export function RepeatButton({ className }: { className?: string }) {
  const t = useTranslations("playerBar");
  const repeat = usePlayer((state) => state.repeat);
  const Icon = repeat === "one" ? Repeat1 : Repeat;
  return (
    <button
      type="button"
      onClick={() => player.nextRepeat()}
      aria-label={t(`repeat.${repeat}`)}
      className={cn(
        "flex size-11 items-center justify-center rounded-full transition-colors hover:text-ink",
        repeat === "off" ? "text-muted" : "text-accent-text",
        className,
      )}
    >
      <Icon className="size-5" aria-hidden="true" />
    </button>
  );
}
