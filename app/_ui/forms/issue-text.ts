import type { useTranslations } from "next-intl";
import type { z } from "zod";

/** The user-facing text of one schema issue. */
export function issueText(
  issue: z.core.$ZodIssue,
  typed: string,
  t: ReturnType<typeof useTranslations<"form">>,
): string {
  if (typed.trim() === "") return t("required");
  switch (issue.code) {
    case "too_small":
      return issue.origin === "string" ? t("tooShort", { min: Number(issue.minimum) }) : t("invalid");
    case "too_big":
      return t(issue.origin === "string" ? "tooLong" : "tooMany", { max: Number(issue.maximum) });
    case "invalid_format":
      return t(issue.format === "email" ? "email" : "invalid");
    default:
      return t("invalid");
  }
}
