"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { editPost } from "@/app/_features/posts/posts-api";
import type { ApiFailure } from "@/app/_ui/api-result";
import { FailureNote } from "@/app/_ui/failure-note";
import { AudioField } from "./audio-field";
import type { UploadSettings } from "./upload-settings";
import { uploadSlot } from "./upload-slots";
import { useUploadSlot } from "./use-upload-slot";

interface Props {
  postId: string;
  viewerId: string;
  uploadSettings: UploadSettings;
}

/** Uploads another file for a post whose track failed: it gets it as soon as the file is in the store. */
export function ReplaceTrack({ postId, viewerId, uploadSettings: { apiUrl } }: Props) {
  const router = useRouter();
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const slot = uploadSlot(`post:${postId}`, "audio", { viewerId, apiUrl });
  const replace = async (fileId: string) => {
    setFailure(null);
    const result = await editPost(postId, { audioFileId: fileId });
    if (!result.ok) return setFailure(result.failure);
    slot.clear();
    router.refresh();
  };
  const state = useUploadSlot(slot, viewerId, (fileId) => {
    if (fileId !== null) void replace(fileId);
  });
  return (
    <>
      <AudioField handle={{ slot, state, viewerId }} name="audioFileId" error={undefined} />
      {failure ? <FailureNote failure={failure} /> : null}
    </>
  );
}
