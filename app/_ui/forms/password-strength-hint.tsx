"use client";

import { useTranslations } from "next-intl";
import { BELL } from "@/app/_art/brand/mark-geometry";
import { cn } from "../cn";
import { type Strength, strengthOf } from "./password-strength";

/** How many of the seven bars play, from the middle outwards. */
const PLAYING = [0, 1, 3, 5, 7] as const satisfies Record<Strength, number>;
const NAMES = ["short", "weak", "fair", "good", "strong"] as const satisfies Record<Strength, string>;

/** How strong a new password is: the mark fills up from its middle, and words say the same. */
export function StrengthHint({ password, known }: { password: string; known: readonly string[] }) {
  const t = useTranslations("strength");
  const strength = strengthOf(password, known);
  const middle = (BELL.bars.length - 1) / 2;
  return (
    <p className="-mt-1 mb-3 flex min-h-7 items-center gap-3 text-sm text-muted">
      <svg viewBox="0 0 64 64" aria-hidden="true" focusable="false" className="size-7 shrink-0">
        {BELL.bars.map((bar, place) => (
          <rect
            key={bar.x}
            x={bar.x}
            y={bar.y}
            width={BELL.width}
            height={bar.height}
            rx={BELL.width / 2}
            className={cn(
              "transition-[fill]",
              Math.abs(place - middle) * 2 < PLAYING[strength] ? "fill-mark" : "fill-ink/15",
            )}
          />
        ))}
      </svg>
      <span aria-live="polite">{password === "" ? t("begin") : t(NAMES[strength])}</span>
    </p>
  );
}
