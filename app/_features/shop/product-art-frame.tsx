import { type ReactNode, ViewTransition } from "react";
import { tintOf } from "@/app/_features/posts/tint-style";
import { cn } from "@/app/_ui/cn";
import type { ProductKind } from "@/lib/shop/client";
import { Goods } from "./product-art";

interface Props {
  /** Of the product: what is drawn. */
  id: string;
  /** What is shown by it, if that is not the product: several orders may be of one. */
  of?: string;
  kind: ProductKind;
  /** Nobody can have it any more. */
  gone?: boolean;
  /** What is stamped over it. */
  stamp?: ReactNode;
  className?: string;
}

/** A thing on its stage, under a name of its own, so it is the same object in the shop and on its page. */
export function GoodsFrame({ id, of = id, kind, gone = false, stamp, className }: Props) {
  return (
    <ViewTransition name={`goods-${of}`} share="auto" default="none">
      <div
        aria-hidden="true"
        style={tintOf(id)}
        className={cn("tinted goods-stage", gone && "goods-gone", className)}
      >
        <Goods kind={kind} id={id} />
        {stamp ? <span className="goods-stamp">{stamp}</span> : null}
      </div>
    </ViewTransition>
  );
}
