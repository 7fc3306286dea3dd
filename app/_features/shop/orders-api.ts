import { callApi, type ResponseBody } from "@/app/_data/call-api";
import type { RefundRequest } from "@/lib/shop/client";

/** An order in the shape that its page shows. */
export type OrderItem = ResponseBody<"order">["order"];

export function fetchOrder(id: string, signal: AbortSignal) {
  return callApi(`/api/orders/${id}`, "order", { signal });
}

export function refundOrder(id: string, body: RefundRequest) {
  return callApi(`/api/orders/${id}/refund`, "refundTask", { method: "POST", body });
}
