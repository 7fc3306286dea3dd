"use client";

import { useEffect, useState } from "react";
import { useChannel } from "@/app/_data/realtime/channel-subscriptions";
import { useLiveQuery } from "@/app/_data/realtime/use-live-query";
import type { UploadedFile } from "@/lib/schemas/media-file";
import { fetchUpload } from "./uploads-api";

/** Polling interval while events arrive; finds changes that a crash kept from being published. */
const LIVE_INTERVAL_MS = 15_000;
/** While no events arrive, and while the task is new. */
const INTERVAL_MS = 3_000;
/** A task that takes less is over before its channel is joined, for which the browser opens its stream again. */
const MIN_TASK_AGE_MS = 4_000;
const REQUEST_TIMEOUT_MS = 15_000;

interface Target {
  fileId: string;
  /** The task that works on the file; null while none is known. */
  taskId: string | null;
}

/**
 * Follows the processing of an uploaded file: reads it when its task reports progress, and now and then.
 *
 * @param target  null: nothing to follow
 * @param onFile  called with each answer; null: the file does not exist (any more)
 */
export function useFileStatus(
  target: Target | null,
  viewerId: string,
  onFile: (file: UploadedFile | null, fileId: string) => void,
): void {
  const fetch = async () => {
    if (!target) return null;
    const { fileId } = target;
    const result = await fetchUpload(fileId, AbortSignal.timeout(REQUEST_TIMEOUT_MS));
    if (result.ok) onFile(result.data.file, fileId);
    else if (result.failure.code === "not_found") onFile(null, fileId);
    return result.ok ? null : result.failure;
  };
  const taskId = useLongTask(target?.taskId ?? null);
  // A file has one task after another: the user's own channel stays when they change.
  const { refetch } = useLiveQuery(target === null ? null : `user:${viewerId}`, fetch, (isLive) =>
    isLive && taskId !== null ? LIVE_INTERVAL_MS : INTERVAL_MS,
  );
  useChannel(taskId === null ? null : `task:${taskId}`, { on: { changed: refetch }, onReload: refetch });
  const fileId = target?.fileId;
  useEffect(() => {
    if (fileId !== undefined) refetch();
  }, [fileId, refetch]);
}

/** The task's id once it has been the current one for a while; null before. */
function useLongTask(taskId: string | null): string | null {
  const [longTaskId, setLongTaskId] = useState<string | null>(null);
  useEffect(() => {
    if (taskId === null) return;
    const timer = setTimeout(() => setLongTaskId(taskId), MIN_TASK_AGE_MS);
    return () => clearTimeout(timer);
  }, [taskId]);
  return longTaskId === taskId ? longTaskId : null;
}
