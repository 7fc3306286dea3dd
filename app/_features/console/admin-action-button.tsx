"use client";

import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { callApi } from "@/app/_data/call-api";
import type { ApiResult } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";

interface Props {
  path: `/api/${string}`;
  label: string;
  busyLabel: string;
  doneLabel: string;
  look?: "primary" | "quiet";
}

/** Calls one admin route on click and refreshes the page afterwards. */
export function AdminActionButton({ path, label, busyLabel, doneLabel, look = "quiet" }: Props) {
  const router = useRouter();
  const [isRunning, setRunning] = useState(false);
  const [outcome, setOutcome] = useState<ApiResult<unknown> | null>(null);
  const [refreshing, startRefresh] = useTransition();
  const busy = isRunning || refreshing || outcome?.ok === true;

  const runAction = async () => {
    setRunning(true);
    setOutcome(null);
    const result = await callApi(path, { method: "POST" });
    setOutcome(result);
    setRunning(false);
    startRefresh(() => router.refresh());
  };

  return (
    <div className="flex flex-col items-start gap-3">
      <Button look={look} aria-disabled={busy} onClick={() => (busy ? undefined : void runAction())}>
        <span aria-live="polite">{isRunning ? busyLabel : outcome?.ok ? doneLabel : label}</span>
      </Button>
      {outcome && !outcome.ok ? <FailureNote failure={outcome.failure} /> : null}
    </div>
  );
}
