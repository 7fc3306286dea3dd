"use client";

import { useTranslations } from "next-intl";
import { MARK_BARS, MARK_VIEW_BOX } from "@/app/_art/brand/mark-geometry";
import { cn } from "../cn";
import { type PasswordStrength, passwordStrength } from "./password-strength";

/** How many of the seven bars are filled, from the middle outwards. */
const ACTIVE_BARS = [0, 1, 3, 5, 7] as const satisfies Record<PasswordStrength, number>;
const LABEL_KEYS = ["short", "weak", "fair", "good", "strong"] as const satisfies Record<
  PasswordStrength,
  string
>;

/** The strength of a new password: the mark fills up from its middle, and a text gives the same value. */
export function PasswordStrengthHint({
  password,
  personalData,
}: {
  password: string;
  personalData: readonly string[];
}) {
  const t = useTranslations("strength");
  const strength = passwordStrength(password, personalData);
  const middle = (MARK_BARS.length - 1) / 2;
  return (
    <p className="-mt-1 mb-3 flex min-h-7 items-center gap-3 text-sm text-muted">
      <svg viewBox={MARK_VIEW_BOX} aria-hidden="true" focusable="false" className="size-7 shrink-0">
        {MARK_BARS.map((bar, index) => (
          <rect
            key={bar.x}
            {...bar}
            className={cn(
              "transition-[fill]",
              Math.abs(index - middle) * 2 < ACTIVE_BARS[strength] ? "fill-mark" : "fill-ink/15",
            )}
          />
        ))}
      </svg>
      <span aria-live="polite">{password === "" ? t("begin") : t(LABEL_KEYS[strength])}</span>
    </p>
  );
}
