"use client";

import { useTranslations } from "next-intl";
import { useFailedText } from "./use-failed-text";

/** Says to its owner why the cover of something published could not be made. @param problem  one of `fileProblems` */
export function CoverProblem({ problem }: { problem: string }) {
  const t = useTranslations("uploads");
  const failedText = useFailedText("cover");
  return (
    <section
      aria-label={t("coverFailed.title")}
      data-cover="failed"
      className="mt-4 rounded-2xl border border-danger bg-sunken px-5 py-4"
    >
      <h2 className="font-semibold">{t("coverFailed.title")}</h2>
      <p className="mt-1 max-w-[56ch] text-sm font-medium text-danger">{failedText({ problem })}</p>
      <p className="mt-1 max-w-[56ch] text-sm text-muted">{t("coverFailed.text")}</p>
    </section>
  );
}
