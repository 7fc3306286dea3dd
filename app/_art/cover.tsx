import type { CSSProperties } from "react";
import { cn } from "@/app/_ui/cn";
import { coverUrl } from "./cover-url";
import { COVER_SIZE } from "./family";
import { hueOf } from "./hue";

interface Props {
  id: string;
  /** On screen from the beginning, so that it is loaded at once. */
  eager?: boolean | undefined;
  className?: string | undefined;
}

/** The generated cover of an id: a file, whose hue is shown until it is loaded. Decorative: a name is near. */
export function Cover({ id, eager = false, className }: Props) {
  return (
    // biome-ignore lint/performance/noImgElement: a drawing needs no sizes
    <img
      src={coverUrl(id)}
      width={COVER_SIZE}
      height={COVER_SIZE}
      alt=""
      loading={eager ? "eager" : "lazy"}
      {...(eager ? { fetchPriority: "high" as const } : {})}
      decoding="async"
      style={{ "--hue": hueOf(id) } as CSSProperties}
      className={cn("tinted block size-full bg-tint-strong object-cover", className)}
    />
  );
}
