"use client";

import { type ComponentType, useEffect, useRef, useState } from "react";
import { cn } from "@/app/_ui/cn";
import type { Cover as UploadedCover } from "@/lib/schemas/track";
import { Cover } from "./cover";

interface Props {
  /** Seed of the generated cover. */
  id: string;
  /** What the author uploaded; null: the generated cover. */
  cover: UploadedCover | null;
  /** Width on the page, as in the attribute `sizes` of an `<img>`. */
  sizes: string;
  /** On screen from the beginning, so that it is loaded at once. */
  eager?: boolean;
  className?: string;
  /** What stands where there is no upload: {@link Cover}, unless the id is a draft's, which has no file. */
  Generated?:
    | ComponentType<{ id: string; eager?: boolean | undefined; className?: string | undefined }>
    | undefined;
}

/** An uploaded cover, or the generated one where there is none yet or it cannot be loaded. Decorative: a title is near. */
export function CoverImage({ id, cover, sizes, eager = false, className, Generated = Cover }: Props) {
  const image = useRef<HTMLImageElement>(null);
  const [hasFailed, setHasFailed] = useState(false);
  useEffect(() => {
    // An error before hydration had no listener.
    if (image.current?.complete && image.current.naturalWidth === 0) setHasFailed(true);
  }, []);
  const sources = (cover?.sources ?? []).filter(({ url }) => url !== "");
  const fallback = sources.findLast(({ type }) => type === "image/webp") ?? sources.at(-1);
  if (!fallback || hasFailed) return <Generated id={id} eager={eager} className={className} />;
  const srcSet = (type: string) =>
    sources
      .filter((source) => source.type === type)
      .map(({ url, width }) => `${url} ${String(width)}w`)
      .join(", ");
  return (
    <picture className="contents">
      {fallback.type === "image/avif" ? null : (
        <source type="image/avif" srcSet={srcSet("image/avif")} sizes={sizes} />
      )}
      <img
        ref={image}
        src={fallback.url}
        srcSet={srcSet(fallback.type)}
        sizes={sizes}
        width={fallback.width}
        height={fallback.height}
        alt=""
        loading={eager ? "eager" : "lazy"}
        {...(eager ? { fetchPriority: "high" as const } : {})}
        decoding="async"
        onError={() => setHasFailed(true)}
        style={cover?.placeholder ? { backgroundImage: `url("${cover.placeholder}")` } : undefined}
        className={cn("block size-full bg-tint bg-cover bg-center object-cover", className)}
      />
    </picture>
  );
}
