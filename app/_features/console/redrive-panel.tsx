"use client";

import { useRouter } from "next/navigation";
import { useFormatter, useTranslations } from "next-intl";
import { useId, useRef, useState } from "react";
import { callApi } from "@/app/_data/call-api";
import type { ApiFailure, ApiResult } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";
import { MAX_REASON_LENGTH } from "@/lib/schemas/reason-length";
import type { RedriveBatch, RedrivePreview } from "@/lib/tasks";
import { REASON_FIELD } from "./reason-form";

interface Props {
  /** As the API takes it. */
  filter: Readonly<Record<string, string>>;
}

interface Progress {
  revived: number;
  seen: number;
}

/**
 * Replays all dead tasks of a filter: shows how many there are and some of them, then goes on batch by batch until none
 * is left or the operator stops. Leaving the page stops it too; what is left stays dead.
 */
export function RedrivePanel({ filter }: Props) {
  const t = useTranslations("taskActions");
  const format = useFormatter();
  const router = useRouter();
  const reasonId = useId();
  const stopping = useRef(false);
  const [preview, setPreview] = useState<RedrivePreview | null>(null);
  const [progress, setProgress] = useState<Progress | null>(null);
  const [isRunning, setRunning] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);

  const openPreview = async () => {
    setFailure(null);
    setProgress(null);
    const result = await callApi<RedrivePreview>(`/api/admin/tasks/redrive?${new URLSearchParams(filter)}`);
    if (result.ok) setPreview(result.data);
    else setFailure(result.failure);
  };

  const run = async (reason: string) => {
    stopping.current = false;
    setRunning(true);
    setFailure(null);
    let [cursor, sum]: [string | null, Progress] = [null, { revived: 0, seen: 0 }];
    setProgress(sum);
    do {
      const body: Record<string, string> = { ...filter, reason, ...(cursor ? { cursor } : {}) };
      const result: ApiResult<RedriveBatch> = await callApi<RedriveBatch>("/api/admin/tasks/redrive", {
        method: "POST",
        body,
      });
      if (!result.ok) {
        setFailure(result.failure);
        break;
      }
      sum = { revived: sum.revived + result.data.revived, seen: sum.seen + result.data.seen };
      setProgress(sum);
      cursor = result.data.nextCursor;
    } while (cursor && !stopping.current);
    setRunning(false);
    setPreview(null);
    router.refresh();
  };

  const total = preview ? Math.max(preview.matching, progress?.seen ?? 0) : 0;
  return (
    <div className="mt-4">
      {preview ? (
        <form
          aria-label={t("redrive")}
          className="animate-settle max-w-xl rounded-2xl border border-line bg-raised/70 p-5"
          onSubmit={(event) => {
            event.preventDefault();
            if (!isRunning) void run(String(new FormData(event.currentTarget).get("reason")));
          }}
        >
          <p className="font-semibold">{t("redriveCount", { count: preview.matching })}</p>
          <p className="mt-1 text-sm text-muted">{t("redriveEffect")}</p>
          <ul className="mt-3 text-sm text-muted">
            {preview.sample.map(({ id, queue, error }) => (
              <li key={id} className="truncate">
                {queue}: <span dir="auto">{error ?? id}</span>
              </li>
            ))}
          </ul>
          <label htmlFor={reasonId} className="mt-3 block text-sm font-semibold">
            {t("reason")}
          </label>
          <textarea
            id={reasonId}
            name="reason"
            required
            maxLength={MAX_REASON_LENGTH}
            rows={2}
            className={REASON_FIELD}
          />
          <div className="mt-4 flex flex-wrap gap-2">
            <Button type="submit" aria-disabled={isRunning || preview.matching === 0}>
              {t("redrive")}
            </Button>
            {isRunning ? (
              <Button
                look="danger"
                onClick={() => {
                  stopping.current = true;
                }}
              >
                {t("stop")}
              </Button>
            ) : (
              <Button look="plain" onClick={() => setPreview(null)}>
                {t("leave")}
              </Button>
            )}
          </div>
          {isRunning ? (
            <progress
              className="mt-4 w-full"
              max={total}
              value={progress?.seen ?? 0}
              aria-label={t("redrive")}
            />
          ) : null}
        </form>
      ) : (
        <Button look="quiet" onClick={() => void openPreview()}>
          {t("redrivePreview")}
        </Button>
      )}
      <p role="status" className="tabular mt-3 text-sm text-muted">
        {progress
          ? t("redriveProgress", {
              revived: format.number(progress.revived),
              seen: format.number(progress.seen),
            })
          : ""}
      </p>
      {failure ? <FailureNote failure={failure} className="mt-3" /> : null}
    </div>
  );
}
