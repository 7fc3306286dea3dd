"use client";

import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { callApi } from "@/app/_data/call-api";
import type { ApiResult } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";

interface Props {
  path: `/api/${string}`;
  idle: string;
  working: string;
  done: string;
  look?: "primary" | "quiet";
}

/** One call of the operator's; the page is read again after it. */
export function PostButton({ path, idle, working, done, look = "quiet" }: Props) {
  const router = useRouter();
  const [running, setRunning] = useState(false);
  const [outcome, setOutcome] = useState<ApiResult<unknown> | null>(null);
  const [refreshing, startRefresh] = useTransition();
  const busy = running || refreshing || outcome?.ok === true;

  const send = async () => {
    setRunning(true);
    setOutcome(null);
    const result = await callApi(path, "done", { method: "POST" });
    setOutcome(result);
    setRunning(false);
    startRefresh(() => router.refresh());
  };

  return (
    <div className="flex flex-col items-start gap-3">
      <Button look={look} aria-disabled={busy} onClick={() => (busy ? undefined : void send())}>
        <span aria-live="polite">{running ? working : outcome?.ok ? done : idle}</span>
      </Button>
      {outcome && !outcome.ok ? <FailureNote failure={outcome.failure} /> : null}
    </div>
  );
}
