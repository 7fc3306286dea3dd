"use client";

import { TriangleAlert } from "lucide-react";
import { useTranslations } from "next-intl";
import { useFailedText } from "@/app/_features/uploads/use-failed-text";

/** Why a track cannot be played, for its owner. */
export function TrackProblem({ problem }: { problem: string | null }) {
  const t = useTranslations("uploads");
  const failedText = useFailedText("audio");
  return (
    <div className="flex gap-3 rounded-2xl bg-danger-ground p-4">
      <TriangleAlert className="mt-0.5 size-5 shrink-0 text-danger" aria-hidden="true" />
      <p className="min-w-0 text-sm">
        <span className="block font-semibold">{t("panel.failedTitle")}</span>
        {failedText({ problem: problem ?? "too_complex" })}
      </p>
    </div>
  );
}
