"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { EMPTY_DRAFT, readDraft, saveDraft } from "@/app/_data/draft-store";
import { Button } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";
import { Field } from "@/app/_ui/forms/field";
import { SubmitButton } from "@/app/_ui/forms/submit-button";
import { useForm } from "@/app/_ui/forms/use-form";
import { newPostSchema } from "@/lib/schemas/post";
import { CharactersLeft } from "./characters-left";
import { PostPreview } from "./post-preview";
import { createPost } from "./posts-api";

const MAX_TITLE_LENGTH = 120;
const MAX_TEXT_LENGTH = 5_000;

function parseTags(typed: string): string[] {
  return typed
    .split(/[,\n]/)
    .map((tag) => tag.trim().replace(/^#+/, "").toLowerCase())
    .filter(Boolean);
}

export function NewPostForm({ viewerId, viewerName }: { viewerId: string; viewerName: string }) {
  const t = useTranslations("newPost");
  const router = useRouter();
  const [published, setPublished] = useState(false);
  const { formProps, field, values, setValues, failure, busy } = useForm({
    schema: newPostSchema,
    initial: EMPTY_DRAFT,
    toInput: (typed) => ({ title: typed.title, text: typed.text, tags: parseTags(typed.tags) }),
    send: createPost,
    onSuccess: ({ post }) => {
      setPublished(true);
      saveDraft(viewerId, EMPTY_DRAFT);
      router.push(`/posts/${post.id}`);
    },
  });

  // The draft is in browser storage, so it is loaded after the first render.
  useEffect(() => {
    const draft = readDraft(viewerId);
    if (draft) setValues(draft);
  }, [viewerId, setValues]);
  useEffect(() => {
    if (values !== EMPTY_DRAFT && !published) saveDraft(viewerId, values);
  }, [viewerId, values, published]);

  return (
    <div className="mt-8 grid gap-10 lg:grid-cols-[minmax(0,7fr)_minmax(0,4fr)] lg:gap-14">
      <form {...formProps} className="flex flex-col gap-3">
        <Field
          {...field("title")}
          label={t("titleLabel")}
          hint={t("titleHint")}
          placeholder={t("titlePlaceholder")}
          autoComplete="off"
          required
          counter={<CharactersLeft limit={MAX_TITLE_LENGTH} used={values.title.trim().length} />}
          className="h-16 font-display text-lg font-semibold"
        />
        <Field
          {...field("text")}
          multiline
          label={t("textLabel")}
          hint={t("textHint")}
          optional
          counter={<CharactersLeft limit={MAX_TEXT_LENGTH} used={values.text.trim().length} />}
        />
        <Field
          {...field("tags")}
          label={t("tagsLabel")}
          hint={t("tagsHint")}
          placeholder={t("tagsPlaceholder")}
          autoComplete="off"
          optional
        />
        {failure ? <FailureNote failure={failure} /> : null}
        {failure?.code === "unauthenticated" ? (
          <p className="text-sm text-muted">
            {t.rich("signedOut", {
              link: (chunks) => (
                <Link
                  href="/sign-in?next=/posts/new"
                  prefetch={false}
                  className="text-ink underline underline-offset-4"
                >
                  {chunks}
                </Link>
              ),
            })}
          </p>
        ) : null}
        <div className="mt-3 flex flex-wrap items-center gap-3">
          <SubmitButton busy={busy} label={t("submit")} busyLabel={t("submitting")} />
          <Button look="plain" size="large" onClick={() => setValues({ ...EMPTY_DRAFT })}>
            {t("clear")}
          </Button>
        </div>
        <p className="text-sm text-faint">{t("draft")}</p>
      </form>
      <PostPreview
        seed={viewerId}
        title={values.title}
        tags={parseTags(values.tags).slice(0, 5)}
        authorName={viewerName}
      />
    </div>
  );
}
