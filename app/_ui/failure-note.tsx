"use client";

import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import type { ApiFailure } from "./api-result";
import { cn } from "./cn";
import { Link } from "./link";

const MS_PER_SECOND = 1_000;
/** From this many seconds on, a wait is shown in minutes. */
const MIN_SECONDS_SHOWN_AS_MINUTES = 91;

/** The text for a failed call: the server's message if there is one. */
function useFailureText(): (failure: ApiFailure) => string {
  const t = useTranslations("failure");
  return ({ message, code, retryAfterSeconds }) => {
    const text = message ?? t(code === "network" ? "network" : "unexpected");
    return retryAfterSeconds === null ? text : text.replace(/[.\s]*$/, ".");
  };
}

/** A failed call, announced once to screen readers, with the time to wait and the request id for support. */
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
          <RetryCountdown
            key={`${failure.requestId ?? ""}:${String(failure.retryAfterSeconds)}`}
            seconds={failure.retryAfterSeconds}
          />
        )}
      </p>
      {failure.code === "address_not_confirmed" ? (
        <Link href="/me#email" className="mt-1 inline-block font-semibold underline underline-offset-4">
          {t("confirmAddress")}
        </Link>
      ) : null}
      {failure.requestId ? (
        <p className="tabular mt-0.5 text-xs break-all">{t("requestId", { id: failure.requestId })}</p>
      ) : null}
    </div>
  );
}

/** The remaining wait. The visible text counts down; screen readers get the initial value once. */
function RetryCountdown({ seconds }: { seconds: number }) {
  const t = useTranslations("failure");
  const [secondsLeft, setSecondsLeft] = useState(seconds);
  useEffect(() => {
    const endsAt = Date.now() + seconds * MS_PER_SECOND;
    const timer = setInterval(() => {
      const remaining = Math.max(0, Math.ceil((endsAt - Date.now()) / MS_PER_SECOND));
      setSecondsLeft(remaining);
      if (remaining === 0) clearInterval(timer);
    }, MS_PER_SECOND);
    return () => clearInterval(timer);
  }, [seconds]);
  const label = (waitSeconds: number) =>
    waitSeconds < MIN_SECONDS_SHOWN_AS_MINUTES
      ? t("waitSeconds", { seconds: waitSeconds })
      : t("waitMinutes", { minutes: Math.ceil(waitSeconds / 60) });
  return (
    <>
      <span className="sr-only">{label(seconds)}</span>
      <span aria-hidden="true" className="tabular">
        {secondsLeft === 0 ? t("waitOver") : label(secondsLeft)}
      </span>
    </>
  );
}
