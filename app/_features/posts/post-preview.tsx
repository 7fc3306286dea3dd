"use client";

import { useTranslations } from "next-intl";
import { Cover } from "@/app/_art/cover";
import { Tags } from "./tags";
import { tintStyle } from "./tint-style";

interface Props {
  seed: string;
  title: string;
  tags: string[];
  authorName: string;
}

/**
 * Preview of the post. The real cover is drawn from the post's id, which does not exist yet; this one is drawn from the
 * title and changes while the author types, which shows that every post gets its own.
 */
export function PostPreview({ seed, title, tags, authorName }: Props) {
  const t = useTranslations("newPost");
  const art = `${seed}:${title.trim().toLowerCase()}`;
  return (
    <section
      aria-label={t("preview")}
      style={tintStyle(art)}
      className="tinted flex flex-col self-start overflow-hidden rounded-3xl bg-tint-strong transition-colors duration-500 max-lg:hidden lg:sticky lg:top-8"
    >
      <Cover id={art} className="aspect-square" />
      <div className="flex min-h-44 flex-col gap-2 p-6">
        <p dir="auto" className="truncate text-left text-sm text-muted">
          {authorName}
        </p>
        <p dir="auto" className="display line-clamp-4 text-2xl">
          {title.trim() || t("previewTitle")}
        </p>
        <Tags tags={[...new Set(tags)]} className="mt-1" />
      </div>
    </section>
  );
}
