/** Paths of the shop's pages, for mails and for the return from the provider's page. */
export const links = {
  order: (orderId: string) => `/orders/${orderId}`,
  product: (productId: string) => `/shop/${productId}`,
  shop: "/shop",
  download: (deliveryId: string, code: string) =>
    `/api/deliveries/${deliveryId}/download?code=${encodeURIComponent(code)}`,
} as const;
