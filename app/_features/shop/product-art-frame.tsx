import { type ReactNode, ViewTransition } from "react";
import { tintStyle } from "@/app/_features/posts/tint-style";
import { cn } from "@/app/_ui/cn";
import type { ProductKind } from "@/lib/schemas/enums";
import type { Cover } from "@/lib/schemas/track";
import { ProductArt } from "./product-art";

interface Props {
  /** Product id, from which the art is drawn. */
  id: string;
  /** Unique id for the transition, if not the product id: several orders may be of one product. */
  transitionId?: string;
  kind: ProductKind;
  /** What the seller uploaded; by default the generated cover. */
  cover?: Cover | null;
  /** On screen from the beginning, so that it is loaded at once. */
  eager?: boolean;
  /** Dims the art: the product is sold out or archived, or the order failed or was refunded. */
  unavailable?: boolean;
  /** Label stamped over the art. */
  stamp?: ReactNode;
  className?: string;
}

/** The product's art with its own transition name, so that it moves from the list to the page. */
export function ProductArtFrame({
  id,
  transitionId = id,
  kind,
  cover = null,
  eager = false,
  unavailable = false,
  stamp,
  className,
}: Props) {
  return (
    <ViewTransition name={`goods-${transitionId}`} share="auto" default="none">
      <div
        aria-hidden="true"
        style={tintStyle(id)}
        className={cn("tinted goods-stage", unavailable && "goods-gone", className)}
      >
        <ProductArt kind={kind} id={id} cover={cover} eager={eager} />
        {stamp ? <span className="goods-stamp">{stamp}</span> : null}
      </div>
    </ViewTransition>
  );
}
