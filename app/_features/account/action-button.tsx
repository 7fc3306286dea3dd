"use client";

import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import type { ApiFailure, ApiResult } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";
import { SuccessNote } from "./success-note";

interface Props {
  action: () => Promise<ApiResult<unknown>>;
  label: string;
  busyLabel: string;
  /** Shown after success. */
  doneLabel: string;
  look?: "primary" | "quiet";
}

/** Runs one action on click and refreshes the page after success. */
export function ActionButton({ action, label, busyLabel, doneLabel, look = "quiet" }: Props) {
  const router = useRouter();
  const [isRunning, setRunning] = useState(false);
  const [isDone, setIsDone] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [refreshing, startRefresh] = useTransition();
  const busy = isRunning || refreshing;

  const runAction = async () => {
    setRunning(true);
    setIsDone(false);
    setFailure(null);
    const result = await action();
    setRunning(false);
    setIsDone(result.ok);
    if (result.ok) startRefresh(() => router.refresh());
    else setFailure(result.failure);
  };

  return (
    <div className="flex flex-col items-start gap-3">
      <div className="flex flex-wrap items-center gap-4">
        <Button look={look} aria-disabled={busy} onClick={() => (busy ? undefined : void runAction())}>
          <span aria-live="polite">{isRunning ? busyLabel : label}</span>
        </Button>
        <SuccessNote text={isDone ? doneLabel : null} />
      </div>
      {failure ? <FailureNote failure={failure} /> : null}
    </div>
  );
}
