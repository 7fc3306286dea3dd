"use client";

import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import type { ApiFailure, ApiResult } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";
import { SavedNote } from "./success-note";

interface Props {
  call: () => Promise<ApiResult<unknown>>;
  idle: string;
  working: string;
  /** What is said when it is done. */
  done: string;
  look?: "primary" | "quiet";
}

/** One thing to be done by one click; the page is read again after it. */
export function CallButton({ call, idle, working, done, look = "quiet" }: Props) {
  const router = useRouter();
  const [running, setRunning] = useState(false);
  const [isDone, setIsDone] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [refreshing, startRefresh] = useTransition();
  const busy = running || refreshing;

  const send = async () => {
    setRunning(true);
    setIsDone(false);
    setFailure(null);
    const result = await call();
    setRunning(false);
    setIsDone(result.ok);
    if (result.ok) startRefresh(() => router.refresh());
    else setFailure(result.failure);
  };

  return (
    <div className="flex flex-col items-start gap-3">
      <div className="flex flex-wrap items-center gap-4">
        <Button look={look} aria-disabled={busy} onClick={() => (busy ? undefined : void send())}>
          <span aria-live="polite">{running ? working : idle}</span>
        </Button>
        <SavedNote text={isDone ? done : null} />
      </div>
      {failure ? <FailureNote failure={failure} /> : null}
    </div>
  );
}
