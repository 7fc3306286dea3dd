"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useEffect } from "react";
import { startLiveQuery } from "@/app/_data/realtime/live-query";
import { fromProduct } from "@/app/_features/player/player-track";
import { ProcessingTrack, TrackPanel } from "@/app/_features/player/track-panel";
import { TrackProblem } from "@/app/_features/player/track-problem";
import type { Product } from "@/lib/schemas/product";

/** While the preview is prepared. */
const REFRESH_INTERVAL_MS = 10_000;

/** The preview of a track that is sold. */
export function ProductTrack({ product, isOwn }: { product: Product; isOwn: boolean }) {
  const t = useTranslations("player");
  const track = fromProduct(product);
  const isProcessing = product.track?.status === "processing";
  useRefreshWhile(isProcessing);
  if (track)
    return (
      <div className="mt-6">
        <TrackPanel track={track} label={t("preview")} />
      </div>
    );
  if (isProcessing)
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

/** Renders the page again, now and then, so that the preview appears by itself. */
function useRefreshWhile(isProcessing: boolean): void {
  const router = useRouter();
  useEffect(() => {
    if (!isProcessing) return;
    const query = startLiveQuery({
      fetch: async () => {
        router.refresh();
        return null;
      },
      paceMs: () => REFRESH_INTERVAL_MS,
      whileHidden: "wait",
    });
    return () => query.stop();
  }, [isProcessing, router]);
}
