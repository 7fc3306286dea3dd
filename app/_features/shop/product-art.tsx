"use client";

import { useTranslations } from "next-intl";
import type { ComponentProps, ComponentType } from "react";
import { CoverImage } from "@/app/_art/cover-image";
import type { ProductKind } from "@/lib/schemas/enums";
import type { Cover } from "@/lib/schemas/track";
import { Barcode } from "./barcode";

interface ArtProps {
  id: string;
  cover: Cover | null;
  /** As of {@link CoverImage}. */
  eager?: boolean;
  Generated?: ComponentProps<typeof CoverImage>["Generated"];
}

/** At most a column of the shop's page. */
const SIZES = "(min-width: 64rem) 30rem, 100vw";

function TrackArt({ id, cover, eager, Generated }: ArtProps) {
  return (
    <div className="goods goods-track">
      <div className="goods-disc" />
      <div className="goods-sleeve">
        <CoverImage id={id} cover={cover} sizes={SIZES} eager={eager} Generated={Generated} />
      </div>
    </div>
  );
}

function TicketArt({ id, cover, eager, Generated }: ArtProps) {
  const t = useTranslations("shop");
  return (
    <div className="goods goods-ticket">
      <CoverImage id={id} cover={cover} sizes={SIZES} eager={eager} Generated={Generated} />
      <div className="goods-stub">
        <span>{t("admit")}</span>
        <Barcode text={id} className="h-3/4 w-1/4" />
      </div>
    </div>
  );
}

const SEAL_POINTS = 24;

/** Points of a many-pointed star, like the edge of a seal. */
const SEAL_OUTLINE = Array.from({ length: SEAL_POINTS * 2 }, (_, i) => {
  const radius = i % 2 === 0 ? 50 : 44;
  const angle = (i * Math.PI) / SEAL_POINTS;
  return `${(50 + radius * Math.cos(angle)).toFixed(1)},${(50 + radius * Math.sin(angle)).toFixed(1)}`;
}).join(" ");

function LicenceArt({ id, cover, eager, Generated }: ArtProps) {
  return (
    <div className="goods goods-licence">
      <div className="relative aspect-[1.12] overflow-hidden">
        <CoverImage id={id} cover={cover} sizes={SIZES} eager={eager} Generated={Generated} />
      </div>
      <div className="goods-licence-lines" />
      <svg viewBox="0 0 100 100" className="goods-seal" aria-hidden="true" focusable="false">
        <polygon points={SEAL_OUTLINE} fill="currentColor" />
        <circle cx="50" cy="50" r="34" fill="none" stroke="white" strokeOpacity="0.75" strokeWidth="2.5" />
        <path
          d="M44 66a7 6 0 1 1-5-6V37l24-5v27a7 6 0 1 1-5-6V41l-14 3z"
          fill="white"
          transform="translate(-1 1)"
        />
      </svg>
    </div>
  );
}

const ART_BY_KIND: Record<ProductKind, ComponentType<ArtProps>> = {
  track: TrackArt,
  ticket: TicketArt,
  licence: LicenceArt,
};

/**
 * Draws a product as a record, a ticket or a sealed paper with the cover of its id. Decorative: the kind is always
 * given as text too. A client component, so that the drawing code is sent once.
 */
export function ProductArt({ kind, ...art }: ArtProps & { kind: ProductKind }) {
  const Art = ART_BY_KIND[kind];
  return <Art {...art} />;
}
