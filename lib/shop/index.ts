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
export { placeOrder } from "./place-order";
export {
  archiveProduct,
  createProduct,
  getProduct,
  hasNoErasedSeller,
  invalidateSellerProducts,
  listProducts,
} from "./products";
export { sumSalesByDay } from "./sales-by-day";
export { pingPaymentProvider } from "./stripe";
export { tidiedOrdersSchema, tidyOrders } from "./tidy-orders";
