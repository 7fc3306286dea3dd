"use client";

import { useEffect, useRef, useState } from "react";
import { v4 } from "uuid";
import { track } from "@/app/_data/track";
import type { ApiFailure } from "@/app/_ui/api-result";
import { placeOrder } from "./shop-api";

/**
 * Places an order and opens the payment page. The idempotency key stays until the quantity changes or its order is
 * closed, so a click after a lost response does not reserve the goods twice.
 */
export function usePlaceOrder(productId: string) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const attempt = useRef<{ quantity: number; clientKey: string } | null>(null);

  // Returning with the browser's back button may restore this page in its busy state.
  useEffect(() => {
    const onPageShow = (event: PageTransitionEvent) => {
      if (event.persisted) setBusy(false);
    };
    window.addEventListener("pageshow", onPageShow);
    return () => window.removeEventListener("pageshow", onPageShow);
  }, []);

  const send = (quantity: number) => {
    if (attempt.current?.quantity !== quantity) {
      attempt.current = { quantity, clientKey: v4() };
    }
    return placeOrder({ productId, ...attempt.current });
  };

  const buy = async (quantity: number): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setFailure(null);
    let result = await send(quantity);
    if (result.ok && result.data.checkoutUrl === null) {
      // The order of this key is closed; another click means a new order.
      attempt.current = null;
      if (result.data.order.status !== "pending") result = await send(quantity);
    }
    if (result.ok) {
      track("order.begun", { productId, quantity });
      window.location.assign(result.data.checkoutUrl ?? `/orders/${result.data.order.id}`);
      return;
    }
    setFailure(result.failure);
    setBusy(false);
  };

  return { buy, busy, failure };
}
