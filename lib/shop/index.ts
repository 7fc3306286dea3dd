export { admitTicket, resolveDownloadUrl } from "./deliveries";
export { enqueueRefund } from "./enqueue-refund";
export {
  deleteAccountProducts,
  listUnsettledOrders,
  lockAccountTrade,
  type UnsettledReason,
} from "./erase-account";
export { filterReadableOrderIds, getOrder, listOrders } from "./orders";
export { placeOrder } from "./place-order";
export { invalidateSellerProducts } from "./product";
export { archiveProduct, createProduct, getProduct, listProducts } from "./products";
export { eventReceiptSchema, receivePaymentEvent } from "./receive-payment-event";
