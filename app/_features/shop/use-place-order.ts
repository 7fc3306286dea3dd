"use client";

import { useEffect, useRef, useState } from "react";
import { randomUuid } from "@/app/_data/random-uuid";
import { track } from "@/app/_data/track";
import type { ApiFailure } from "@/app/_ui/api-result";
import { placeOrder } from "./shop-api";

interface Choice {
  quantity: number;
  /** Hundredths of a bonus. */
  bonusAmount: number;
}

/**
 * Places an order and opens the payment page. The idempotency key stays until the quantity or the bonuses change or its
 * order is closed, so a click after a lost response does not reserve the goods twice.
 */
export function usePlaceOrder(productId: string) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const attempt = useRef<(Choice & { clientKey: string }) | null>(null);

  // Returning with the browser's back button may restore this page in its busy state.
  useEffect(() => {
    const onPageShow = (event: PageTransitionEvent) => {
      if (event.persisted) setBusy(false);
    };
    window.addEventListener("pageshow", onPageShow);
    return () => window.removeEventListener("pageshow", onPageShow);
  }, []);

  const send = ({ quantity, bonusAmount }: Choice) => {
    if (attempt.current?.quantity !== quantity || attempt.current.bonusAmount !== bonusAmount) {
      attempt.current = { quantity, bonusAmount, clientKey: randomUuid() };
    }
    return placeOrder({ productId, ...attempt.current });
  };

  const buy = async (choice: Choice): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setFailure(null);
    let result = await send(choice);
    if (result.ok && result.data.checkoutUrl === null) {
      // The order of this key is closed; another click means a new order.
      attempt.current = null;
      if (result.data.order.status !== "pending") result = await send(choice);
    }
    if (result.ok) {
      track("order.begun", { productId, quantity: choice.quantity });
      window.location.assign(result.data.checkoutUrl ?? `/orders/${result.data.order.id}`);
      return;
    }
    setFailure(result.failure);
    setBusy(false);
  };

  return { buy, busy, failure };
}
