"use client";

import { useTranslations } from "next-intl";
import type { ApiFailure } from "@/app/_ui/api-result";
import type { FileProblem } from "@/lib/schemas/media-file";
import type { UploadPurpose } from "./uploads-api";

interface Failed {
  /** One of `fileProblems`. */
  problem: string | null;
  failure?: ApiFailure | null;
}

/** Why a file cannot be used, and what to do about it. */
export function useFailedText(purpose: UploadPurpose): (failed: Failed) => string {
  const t = useTranslations("uploads");
  return ({ problem, failure = null }) => {
    const key = `problems.${purpose}.${problem as FileProblem}` as const;
    if (problem !== null && t.has(key)) return t(key);
    if (failure?.code === "refused") return t("refusedByStore");
    return failure?.message ?? t("failed");
  };
}
