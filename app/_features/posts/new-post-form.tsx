"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useEffect, useEffectEvent, useState } from "react";
import { EMPTY_DRAFT, readDraft, saveDraft } from "@/app/_data/draft-store";
import { AudioField } from "@/app/_features/uploads/audio-field";
import { CoverField } from "@/app/_features/uploads/cover-field";
import { embeddedCoverOf, slotCover } from "@/app/_features/uploads/cover-source";
import { HeldNote } from "@/app/_features/uploads/held-note";
import { TitleOffers } from "@/app/_features/uploads/title-offers";
import { UnavailableNote } from "@/app/_features/uploads/unavailable-note";
import type { UploadSettings } from "@/app/_features/uploads/upload-settings";
import { useFormUploads, useSubmitAfterUploads } from "@/app/_features/uploads/use-form-uploads";
import { Button } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";
import { SubmitButton } from "@/app/_ui/forms/submit-button";
import { useForm } from "@/app/_ui/forms/use-form";
import { Link } from "@/app/_ui/link";
import { newPostSchema } from "@/lib/schemas/post";
import { draftArtId } from "./draft-art-id";
import { parseTags } from "./parse-tags";
import { TagsField, TextField, TitleField } from "./post-fields";
import { PostPreview } from "./post-preview";
import { createPost } from "./posts-api";

interface Props {
  viewerId: string;
  viewerName: string;
  uploadSettings: UploadSettings;
}

export function NewPostForm({ viewerId, viewerName, uploadSettings }: Props) {
  const t = useTranslations("newPost");
  const router = useRouter();
  const [published, setPublished] = useState(false);
  const { form, formProps, check, clearError, field, values, setValues, failure, busy } = useForm({
    schema: newPostSchema,
    initial: EMPTY_DRAFT,
    toInput: (typed) => ({
      title: typed.title,
      text: typed.text,
      tags: parseTags(typed.tags),
      audioFileId: typed.audioFileId || null,
      coverFileId: typed.coverFileId || null,
    }),
    send: createPost,
    onSuccess: ({ post }) => {
      setPublished(true);
      saveDraft(viewerId, EMPTY_DRAFT);
      uploads.clear();
      router.push(`/posts/${post.id}`);
    },
  });
  const uploads = useFormUploads("post", {
    viewerId,
    apiUrl: uploadSettings.apiUrl,
    onFileId: (name, fileId) => {
      setValues((typed) => ({ ...typed, [name]: fileId }));
      clearError(name);
    },
  });
  const { audio, cover } = uploads;
  const { isHeld, release, onSubmit } = useSubmitAfterUploads({
    onSubmit: formProps.onSubmit,
    form,
    handles: { audioFileId: audio, coverFileId: cover },
    values,
    check,
  });

  const restoreFiles = useEffectEvent(uploads.restore<typeof EMPTY_DRAFT>);
  // The draft is in browser storage, so it is loaded after the first render.
  useEffect(() => {
    const draft = readDraft(viewerId);
    if (draft) setValues(restoreFiles(draft));
  }, [viewerId, setValues]);
  useEffect(() => {
    if (values !== EMPTY_DRAFT && !published) saveDraft(viewerId, values);
  }, [viewerId, values, published]);

  const clear = () => {
    release();
    uploads.clear();
    setValues({ ...EMPTY_DRAFT });
  };
  const artId = draftArtId(viewerId, values.title);
  return (
    <div className="mt-8 grid gap-10 lg:grid-cols-[minmax(0,7fr)_minmax(0,4fr)] lg:gap-14">
      <form {...formProps} onSubmit={onSubmit} className="flex min-w-0 flex-col gap-3">
        {uploadSettings.takesSound ? (
          <AudioField handle={audio} name="audioFileId" error={field("audioFileId").error} optional />
        ) : (
          <UnavailableNote />
        )}
        <TitleField field={field("title")} />
        <TitleOffers
          handle={audio}
          authorName={viewerName}
          title={values.title}
          onChoose={field("title").onChange}
        />
        {uploadSettings.takesCovers ? (
          <CoverField
            handle={cover}
            name="coverFileId"
            error={field("coverFileId").error}
            artId={artId}
            embeddedCoverFileId={embeddedCoverOf(audio)}
          />
        ) : null}
        <TextField field={field("text")} />
        <TagsField field={field("tags")} />
        {failure ? <FailureNote failure={failure} /> : null}
        {failure?.code === "unauthenticated" ? (
          <p className="text-sm text-muted">
            {t.rich("signedOut", {
              link: (chunks) => (
                <Link href="/sign-in?next=/posts/new" className="text-ink underline underline-offset-4">
                  {chunks}
                </Link>
              ),
            })}
          </p>
        ) : null}
        {isHeld ? <HeldNote onRelease={release} /> : null}
        <div className="mt-3 flex flex-wrap items-center gap-3">
          <SubmitButton busy={busy || isHeld} label={t("submit")} busyLabel={t("submitting")} />
          <Button look="plain" size="large" onClick={clear}>
            {t("clear")}
          </Button>
        </div>
        <p className="text-sm text-faint">{t("draft")}</p>
      </form>
      <PostPreview
        artId={artId}
        cover={slotCover(cover)}
        title={values.title}
        tags={parseTags(values.tags).slice(0, 5)}
        authorName={viewerName}
      />
    </div>
  );
}
