"use client";

import { useEffect } from "react";
import { useChannel } from "@/app/_data/realtime/channel-subscriptions";
import { useLiveQuery } from "@/app/_data/realtime/use-live-query";
import type { UploadedFile } from "@/lib/schemas/media-file";
import { fetchUpload } from "./uploads-api";

/** Polling interval while events arrive; finds changes that a crash kept from being published. */
const LIVE_INTERVAL_MS = 15_000;
/** While no events arrive. */
const INTERVAL_MS = 3_000;
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
  onFile: (file: UploadedFile | null) => void,
): void {
  const fetch = async () => {
    if (!target) return null;
    const result = await fetchUpload(target.fileId, AbortSignal.timeout(REQUEST_TIMEOUT_MS));
    if (result.ok) onFile(result.data.file);
    else if (result.failure.code === "not_found") onFile(null);
    return result.ok ? null : result.failure;
  };
  // A file has one task after another: the user's own channel stays when they change.
  const { refetch } = useLiveQuery(target === null ? null : `user:${viewerId}`, fetch, (isLive) =>
    isLive ? LIVE_INTERVAL_MS : INTERVAL_MS,
  );
  useChannel(target?.taskId ? `task:${target.taskId}` : null, {
    on: { changed: refetch },
    onReload: refetch,
  });
  const fileId = target?.fileId;
  useEffect(() => {
    if (fileId !== undefined) refetch();
  }, [fileId, refetch]);
}
