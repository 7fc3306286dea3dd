"use client";

import { useTranslations } from "next-intl";
import { Button } from "@/app/_ui/button";
import { EmptyState } from "@/app/_ui/empty-state";
import { Link } from "@/app/_ui/link";
import { Page } from "./page";
import { isPageUnavailable } from "./unavailable-digest";

interface Props {
  error: unknown;
  retry: () => void;
  title?: string;
}

/** Content of an error boundary inside the shell. The server log has the same digest. */
export function ErrorPage({ error, retry, title }: Props) {
  const t = useTranslations("failure");
  const unavailable = isPageUnavailable(error);
  const digest = error instanceof Error && "digest" in error ? String(error.digest) : null;
  return (
    <Page>
      <div role="alert">
        <EmptyState
          title={unavailable ? t("unavailableTitle") : (title ?? t("title"))}
          text={t(unavailable ? "unavailableText" : "text")}
          detail={digest === null ? undefined : t("digest", { id: digest })}
        >
          <Button size="large" onClick={() => retry()}>
            {t("retry")}
          </Button>
          <Button asChild look="quiet" size="large">
            <Link href="/">{t("home")}</Link>
          </Button>
        </EmptyState>
      </div>
    </Page>
  );
}
