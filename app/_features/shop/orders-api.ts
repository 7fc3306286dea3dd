import { callApi } from "@/app/_data/call-api";
import type { OrderView, RefundAccepted, RefundRequest } from "@/lib/schemas/order";

export function fetchOrder(id: string, signal: AbortSignal) {
  return callApi<{ order: OrderView }>(`/api/orders/${id}`, { signal });
}

export function refundOrder(id: string, body: RefundRequest) {
  return callApi<RefundAccepted>(`/api/orders/${id}/refund`, { method: "POST", body, repeatable: true });
}
