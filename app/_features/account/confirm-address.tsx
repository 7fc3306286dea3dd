"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { Mark } from "@/app/_art/brand/mark";
import type { ApiFailure } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";
import { Link } from "@/app/_ui/link";
import { confirmAddress } from "./auth-api";
import { AuthNote } from "./auth-note";
import { InvalidLink, isInvalidLink } from "./invalid-link";

type State = "asking" | "working" | "done";

/** Confirms on click instead of on page load, because mail scanners open links. */
export function ConfirmAddress({ token, signedIn }: { token: string; signedIn: boolean }) {
  const t = useTranslations("recover");
  const [state, setState] = useState<State>("asking");
  const [failure, setFailure] = useState<ApiFailure | null>(null);

  const confirm = async () => {
    setState("working");
    setFailure(null);
    const result = await confirmAddress({ token });
    setState(result.ok ? "done" : "asking");
    if (!result.ok) setFailure(result.failure);
  };

  if (isInvalidLink(failure))
    return <InvalidLink text={t("confirmDead")} href="/me" action={t("toProfile")} />;
  if (state === "done") {
    return (
      <>
        <AuthNote>
          <p className="font-semibold">{t("confirmedTitle")}</p>
          <p className="mt-1 text-muted">{t("confirmedText")}</p>
        </AuthNote>
        <Button asChild size="large" className="w-full">
          {/* A full page load: the shell may still show the previous address. */}
          <a href={signedIn ? "/me" : "/sign-in"}>{t(signedIn ? "toProfile" : "signIn")}</a>
        </Button>
      </>
    );
  }
  return (
    <>
      {failure ? <FailureNote failure={failure} className="mb-4" /> : null}
      <Button
        size="large"
        className="w-full"
        aria-disabled={state === "working"}
        onClick={() => (state === "working" ? undefined : void confirm())}
      >
        {state === "working" ? <Mark animated className="size-6 text-on-accent" /> : null}
        <span aria-live="polite">{t(state === "working" ? "confirming" : "confirm")}</span>
      </Button>
      <p className="mt-6 text-sm text-muted">
        {t("notYou")}{" "}
        <Link href="/" className="font-semibold text-ink underline underline-offset-4">
          {t("toFeed")}
        </Link>
      </p>
    </>
  );
}
