"use client";

import { useTranslations } from "next-intl";
import { fromProduct } from "@/app/_features/player/player-track";
import { ProcessingTrack, TrackPanel } from "@/app/_features/player/track-panel";
import { TrackProblem } from "@/app/_features/player/track-problem";
import type { Product } from "@/lib/schemas/product";

/** The preview of a track that is sold. */
export function ProductTrack({ product, isOwn }: { product: Product; isOwn: boolean }) {
  const t = useTranslations("player");
  const track = fromProduct(product);
  if (track)
    return (
      <div className="mt-6">
        <TrackPanel track={track} label={t("preview")} />
      </div>
    );
  if (product.track?.status === "processing")
    return (
      <div className="mt-6">
        <ProcessingTrack seed={product.id} />
      </div>
    );
  return product.track?.status === "failed" && isOwn ? (
    <div className="mt-6">
      <TrackProblem problem={product.track.problem} />
    </div>
  ) : null;
}
