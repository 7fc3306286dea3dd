export { admitTicket, openDownload } from "./deliveries";
export { enqueueRefund } from "./enqueue-refund";
export {
  eraseProductBatch,
  hideSellerProducts,
  listUnsettledOrders,
  type UnsettledReason,
} from "./erase-account";
export { firstCheckKey } from "./order-checks";
export { filterReadableOrderIds, getOrder, listOrders } from "./orders";
export { eventReceiptSchema, receivePaymentEvent } from "./payment-events";
export { pingPaymentProvider } from "./ping-provider";
export { placeOrder } from "./place-order";
export { hasNoErasedSeller, invalidateSellerProducts } from "./product";
export { archiveProduct, createProduct, getProduct, listProducts } from "./products";
export { sumSalesByDay } from "./sales-by-day";
export { tidiedOrdersSchema, tidyOrders } from "./tidy-orders";
