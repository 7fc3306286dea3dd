import { type ReactNode, ViewTransition } from "react";
import { tintStyle } from "@/app/_features/posts/tint-style";
import { cn } from "@/app/_ui/cn";
import type { ProductKind } from "@/lib/shop/client";
import { ProductArt } from "./product-art";

interface Props {
  /** Of the product: what is drawn. */
  id: string;
  /** What is shown by it, if that is not the product: several orders may be of one. */
  transitionId?: string;
  kind: ProductKind;
  /** Nobody can have it any more. */
  unavailable?: boolean;
  /** What is stamped over it. */
  stamp?: ReactNode;
  className?: string;
}

/** A thing on its stage, under a name of its own, so it is the same object in the shop and on its page. */
export function ProductArtFrame({
  id,
  transitionId = id,
  kind,
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
        <ProductArt kind={kind} id={id} />
        {stamp ? <span className="goods-stamp">{stamp}</span> : null}
      </div>
    </ViewTransition>
  );
}
