"use client";

import { useRouter } from "next/navigation";
import { useFormatter, useTranslations } from "next-intl";
import { useRef, useState } from "react";
import { callApi } from "@/app/_data/call-api";
import type { ApiFailure } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";
import type { CancelBatch, RedriveBatch, RedrivePreview } from "@/lib/tasks";
import { ReasonForm } from "./reason-form";

interface Props {
  /** As the API takes it. */
  filter: Readonly<Record<string, string>>;
}

const ACTIONS = {
  redrive: { path: "/api/admin/tasks/redrive", look: "primary" },
  cancelAll: { path: "/api/admin/tasks/cancel", look: "danger" },
} as const;

type Action = keyof typeof ACTIONS;

interface Progress {
  action: Action;
  changed: number;
  seen: number;
}

/**
 * Replays or cancels all dead tasks of a filter: shows how many there are and some of them, then goes on batch by batch
 * until none is left or the operator stops. Leaving the page stops it too; what is left stays dead.
 */
export function DeadTasksPanel({ filter }: Props) {
  const t = useTranslations("taskActions");
  const format = useFormatter();
  const router = useRouter();
  const stopping = useRef(false);
  const [action, setAction] = useState<Action>("redrive");
  const [preview, setPreview] = useState<RedrivePreview | null>(null);
  const [progress, setProgress] = useState<Progress | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);

  const openPreview = async (chosen: Action) => {
    setFailure(null);
    setProgress(null);
    setAction(chosen);
    const result = await callApi<RedrivePreview>(`/api/admin/tasks/redrive?${new URLSearchParams(filter)}`);
    if (result.ok) setPreview(result.data);
    else setFailure(result.failure);
  };

  const run = async (reason: string): Promise<ApiFailure | null> => {
    stopping.current = false;
    let cursor: string | null = null;
    let sum: Progress = { action, changed: 0, seen: 0 };
    setProgress(sum);
    do {
      const body: Record<string, string> = { ...filter, reason, ...(cursor ? { cursor } : {}) };
      const result = await callApi<RedriveBatch | CancelBatch>(ACTIONS[action].path, {
        method: "POST",
        body,
      });
      if (!result.ok) return result.failure;
      const { data } = result;
      const changed: number = "revived" in data ? data.revived : data.cancelled;
      sum = { action, changed: sum.changed + changed, seen: sum.seen + data.seen };
      setProgress(sum);
      cursor = data.nextCursor;
    } while (cursor && !stopping.current);
    setPreview(null);
    router.refresh();
    return null;
  };

  const total = preview ? Math.max(preview.matching, progress?.seen ?? 0) : 0;
  return (
    <div className="mt-4">
      {preview ? (
        <ReasonForm
          label={t(action)}
          confirm={t(action)}
          look={ACTIONS[action].look}
          act={run}
          onCancel={() => setPreview(null)}
          disabled={preview.matching === 0}
          className="animate-settle max-w-xl rounded-2xl border border-line bg-raised/70 p-5"
          whileBusy={
            <Button
              look="danger"
              onClick={() => {
                stopping.current = true;
              }}
            >
              {t("stop")}
            </Button>
          }
          effect={
            <>
              <p className="text-base font-semibold text-ink">
                {t("deadCount", { count: preview.matching })}
              </p>
              <p className="mt-1">{t(`${action}Effect`)}</p>
              <ul className="mt-3">
                {preview.sample.map(({ id, queue, error }) => (
                  <li key={id} className="truncate">
                    {queue}: <span dir="auto">{error ?? id}</span>
                  </li>
                ))}
              </ul>
            </>
          }
        >
          {progress ? (
            <progress className="mt-4 w-full" max={total} value={progress.seen} aria-label={t(action)} />
          ) : null}
        </ReasonForm>
      ) : (
        <div className="flex flex-wrap gap-2">
          <Button look="quiet" onClick={() => void openPreview("redrive")}>
            {t("redrivePreview")}
          </Button>
          <Button look="plain" onClick={() => void openPreview("cancelAll")}>
            {t("cancelAllPreview")}
          </Button>
        </div>
      )}
      <p role="status" className="tabular mt-3 text-sm text-muted">
        {progress
          ? t(`${progress.action}Progress`, {
              changed: format.number(progress.changed),
              seen: format.number(progress.seen),
            })
          : ""}
      </p>
      {failure ? <FailureNote failure={failure} className="mt-3" /> : null}
    </div>
  );
}
