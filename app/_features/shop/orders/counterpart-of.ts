import type { OrderView } from "@/lib/schemas/order";

type Sides = Pick<OrderView, "viewedAs" | "sellerId" | "buyerId">;

/** The other party of the viewer's order; null for an administrator, and when the other account was deleted. */
export function counterpartOf({ viewedAs, sellerId, buyerId }: Sides) {
  if (viewedAs === "buyer" && sellerId !== null) return { id: sellerId, as: "seller" } as const;
  if (viewedAs === "seller" && buyerId !== null) return { id: buyerId, as: "buyer" } as const;
  return null;
}
