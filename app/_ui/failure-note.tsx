"use client";

import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import type { ApiFailure } from "./api-result";
import { cn } from "./cn";

const SECOND_MS = 1_000;
/** From here on a wait is told in minutes. */
const MINUTES_FROM_SECONDS = 91;

/** What to say about a call that failed: the server's own words where it had any. */
function useFailureText(): (failure: ApiFailure) => string {
  const t = useTranslations("failure");
  return ({ message, code, retryAfterSeconds }) => {
    const text = message ?? t(code === "network" ? "network" : "unexpected");
    return retryAfterSeconds === null ? text : text.replace(/[.\s]*$/, ".");
  };
}

/** A failed call, said once to screen readers, with when to try again and the id to give to support. */
export function FailureNote({ failure, className }: { failure: ApiFailure; className?: string }) {
  const t = useTranslations("failure");
  const text = useFailureText();
  return (
    <div
      role="alert"
      className={cn("animate-settle rounded-xl bg-danger-ground px-4 py-3 text-danger", className)}
    >
      <p className="font-medium">
        {text(failure)}{" "}
        {failure.retryAfterSeconds === null ? null : (
          <Wait
            key={`${failure.requestId ?? ""}:${String(failure.retryAfterSeconds)}`}
            seconds={failure.retryAfterSeconds}
          />
        )}
      </p>
      {failure.requestId ? (
        <p className="tabular mt-0.5 text-xs break-all">{t("requestId", { id: failure.requestId })}</p>
      ) : null}
    </div>
  );
}

/** How long is left to wait. It counts down for the eye; what is read out is said once. */
function Wait({ seconds }: { seconds: number }) {
  const t = useTranslations("failure");
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    const until = Date.now() + seconds * SECOND_MS;
    const clock = setInterval(() => {
      const now = Math.max(0, Math.ceil((until - Date.now()) / SECOND_MS));
      setLeft(now);
      if (now === 0) clearInterval(clock);
    }, SECOND_MS);
    return () => clearInterval(clock);
  }, [seconds]);
  const words = (wait: number) =>
    wait < MINUTES_FROM_SECONDS
      ? t("waitSeconds", { seconds: wait })
      : t("waitMinutes", { minutes: Math.ceil(wait / 60) });
  return (
    <>
      <span className="sr-only">{words(seconds)}</span>
      <span aria-hidden="true" className="tabular">
        {left === 0 ? t("waitOver") : words(left)}
      </span>
    </>
  );
}
