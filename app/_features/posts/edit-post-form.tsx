"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import type { z } from "zod";
import { refreshChangedPage } from "@/app/_data/refresh-changed-page";
import { CoverField } from "@/app/_features/uploads/cover-field";
import { HeldNote } from "@/app/_features/uploads/held-note";
import type { UploadSettings } from "@/app/_features/uploads/upload-settings";
import { uploadSlot } from "@/app/_features/uploads/upload-slots";
import { useSubmitAfterUploads } from "@/app/_features/uploads/use-form-uploads";
import { useUploadSlot } from "@/app/_features/uploads/use-upload-slot";
import { FailureNote } from "@/app/_ui/failure-note";
import { SubmitButton } from "@/app/_ui/forms/submit-button";
import { useForm } from "@/app/_ui/forms/use-form";
import { type Post, postChangesSchema, postVisibilities } from "@/lib/schemas/post";
import { parseTags } from "./parse-tags";
import { TagsField, TextField, TitleField } from "./post-fields";
import { editPost } from "./posts-api";

interface Props {
  post: Pick<Post, "id" | "title" | "text" | "tags" | "visibility" | "authorId">;
  uploadSettings: UploadSettings;
}

/** Changes what a post says and shows. Its cover stays unless another one is chosen. */
export function EditPostForm({ post, uploadSettings: { apiUrl, takesCovers } }: Props) {
  const t = useTranslations("editPost");
  const router = useRouter();
  const { form, formProps, check, clearError, field, values, setValues, failure, busy } = useForm({
    schema: postChangesSchema,
    initial: {
      ...{ title: post.title, text: post.text, tags: post.tags.join(", ") },
      ...{ coverFileId: "", audioFileId: "", visibility: post.visibility as string },
    },
    toInput: ({ title, text, tags, coverFileId, visibility }): z.input<typeof postChangesSchema> => ({
      ...{ title, text, tags: parseTags(tags) },
      visibility: visibility === "unlisted" ? "unlisted" : "public",
      ...(coverFileId === "" ? {} : { coverFileId }),
    }),
    send: (changes) => editPost(post.id, changes),
    onSuccess: () => {
      slot.clear();
      router.push(`/posts/${post.id}`);
      refreshChangedPage(router);
    },
  });
  const slot = uploadSlot(`edit:${post.id}`, "cover", { viewerId: post.authorId, apiUrl });
  const state = useUploadSlot(slot, post.authorId, (fileId) => {
    setValues((typed) => ({ ...typed, coverFileId: fileId ?? "" }));
    clearError("coverFileId");
  });
  const cover = { slot, state, viewerId: post.authorId };
  const { isHeld, release, onSubmit } = useSubmitAfterUploads({
    onSubmit: formProps.onSubmit,
    ...{ form, handles: { coverFileId: cover }, values, check },
  });
  const visibility = field("visibility");
  return (
    <form {...formProps} onSubmit={onSubmit} className="flex min-w-0 max-w-3xl flex-col gap-3">
      <TitleField field={field("title")} />
      {takesCovers ? (
        <CoverField handle={cover} name="coverFileId" error={field("coverFileId").error} artId={post.id} />
      ) : null}
      <TextField field={field("text")} />
      <TagsField field={field("tags")} />
      <fieldset className="mt-2 flex flex-col">
        <legend className="mb-1 font-semibold">{t("visibility")}</legend>
        {postVisibilities.map((option) => (
          <label key={option} className="flex min-h-11 cursor-pointer items-center gap-3 py-1">
            <input
              type="radio"
              name={visibility.name}
              value={option}
              checked={visibility.value === option}
              onChange={() => visibility.onChange(option)}
              className="size-5 shrink-0 accent-current"
            />
            <span>
              {t(`visibilities.${option}`)}
              <span className="block text-sm text-muted">{t(`visibilityHints.${option}`)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {failure ? <FailureNote failure={failure} /> : null}
      {isHeld ? <HeldNote onRelease={release} /> : null}
      <div className="mt-3">
        <SubmitButton busy={busy || isHeld} label={t("submit")} busyLabel={t("submitting")} />
      </div>
    </form>
  );
}
