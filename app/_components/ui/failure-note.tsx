"use client";

import { useTranslations } from "next-intl";
import type { ApiFailure } from "@/app/_client/api";
import { cn } from "./cn";

/** What to say about a call that failed: the server's own words where it had any, and when to try again. */
export function useFailureText(): (failure: ApiFailure) => string {
  const t = useTranslations("failure");
  return (failure) => {
    const text = failure.message ?? t(failure.code === "network" ? "network" : "unexpected");
    if (failure.retryAfterSeconds === null) return text;
    const wait = t("waitSeconds", { seconds: failure.retryAfterSeconds });
    return `${text.replace(/[.\s]*$/, ".")} ${wait}`;
  };
}

/** A failed call, said once to screen readers, with the id to give to support. */
export function FailureNote({ failure, className }: { failure: ApiFailure; className?: string }) {
  const t = useTranslations("failure");
  const text = useFailureText();
  return (
    <div
      role="alert"
      className={cn("animate-settle rounded-xl bg-danger-ground px-4 py-3 text-danger", className)}
    >
      <p className="font-medium">{text(failure)}</p>
      {failure.requestId ? (
        <p className="tabular mt-0.5 text-xs break-all">{t("requestId", { id: failure.requestId })}</p>
      ) : null}
    </div>
  );
}
