"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState, useTransition } from "react";
import { Mark } from "@/app/_art/brand/mark";
import { syncViews } from "@/app/_features/posts/views-api";
import type { ApiResult } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";

type Outcome = ApiResult<{ syncedPosts: number }> | null;

/** Starts a view sync and refreshes the page afterwards. */
export function SyncNowButton({ available }: { available: boolean }) {
  const t = useTranslations("viewSync");
  const router = useRouter();
  const [running, setRunning] = useState(false);
  const [outcome, setOutcome] = useState<Outcome>(null);
  const [refreshing, startRefresh] = useTransition();
  const busy = running || refreshing;

  const sync = async () => {
    setRunning(true);
    setOutcome(null);
    const result = await syncViews();
    setOutcome(result);
    setRunning(false);
    startRefresh(() => router.refresh());
  };

  return (
    <div className="flex max-w-sm flex-col items-start gap-3 sm:items-end">
      <Button
        size="large"
        aria-disabled={busy || !available}
        onClick={() => (busy || !available ? undefined : void sync())}
      >
        {running ? <Mark animated className="size-6 text-on-accent" /> : null}
        {t(running ? "syncing" : "sync")}
      </Button>
      <p role="status" className="min-h-6 text-sm text-muted">
        {running ? <span className="sr-only">{t("started")}</span> : null}
        {outcome?.ok ? (
          <span className="block animate-settle">{t("done", { count: outcome.data.syncedPosts })}</span>
        ) : null}
      </p>
      {outcome && !outcome.ok ? <FailureNote failure={outcome.failure} /> : null}
    </div>
  );
}
