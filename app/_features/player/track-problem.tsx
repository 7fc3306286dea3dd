"use client";

import { TriangleAlert } from "lucide-react";
import { useTranslations } from "next-intl";
import type { FileProblem } from "@/lib/schemas/media-file";

/** The list itself would bring zod into the page. */
const KNOWN_PROBLEMS: Record<FileProblem, true> = {
  wrong_type: true,
  damaged: true,
  too_large: true,
  too_long: true,
  too_short: true,
  too_many_pixels: true,
  silent: true,
  incomplete: true,
  too_complex: true,
};

const isKnown = (problem: string): problem is FileProblem => Object.hasOwn(KNOWN_PROBLEMS, problem);

/** Why a track cannot be played, for its author. */
export function TrackProblem({ problem }: { problem: string | null }) {
  const t = useTranslations("trackProblems");
  return (
    <div className="flex gap-3 rounded-2xl bg-danger-ground p-4">
      <TriangleAlert className="mt-0.5 size-5 shrink-0 text-danger" aria-hidden="true" />
      <p className="min-w-0 text-sm">
        <span className="block font-semibold">{t("title")}</span>
        {t(problem !== null && isKnown(problem) ? problem : "unknown")}
      </p>
    </div>
  );
}
