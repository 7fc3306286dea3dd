"use client";

import { useTranslations } from "next-intl";
import { CoverImage } from "@/app/_art/cover-image";
import { DrawnCover } from "@/app/_art/drawn-cover";
import type { Cover as UploadedCover } from "@/lib/schemas/track";
import { Tags } from "./tags";
import { tintStyle } from "./tint-style";

interface Props {
  artId: string;
  /** The chosen cover; null: the drawn one. */
  cover: UploadedCover | null;
  title: string;
  tags: string[];
  authorName: string;
}

/** Preview of the post. */
export function PostPreview({ artId, cover, title, tags, authorName }: Props) {
  const t = useTranslations("newPost");
  return (
    <section
      aria-label={t("preview")}
      style={tintStyle(artId)}
      className="tinted flex flex-col self-start overflow-hidden rounded-3xl bg-tint-strong transition-colors duration-500 max-lg:hidden lg:sticky lg:top-8"
    >
      <div className="aspect-square overflow-hidden">
        <CoverImage
          key={cover?.sources[0]?.url}
          id={artId}
          cover={cover}
          sizes="27rem"
          eager
          Generated={DrawnCover}
        />
      </div>
      <div className="flex min-h-44 flex-col gap-2 p-6">
        <p dir="auto" className="truncate text-left text-sm text-muted">
          {authorName}
        </p>
        <p dir="auto" className="display line-clamp-4 text-2xl">
          {title.trim() || t("previewTitle")}
        </p>
        <Tags tags={[...new Set(tags)]} linked={false} className="mt-1" />
      </div>
    </section>
  );
}
