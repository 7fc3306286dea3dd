export {
  admissionRequestSchema,
  admissionSchema,
  newOrderSchema,
  newProductSchema,
  orderPageQuerySchema,
  orderPageSchema,
  orderSchema,
  placedOrderSchema,
  productPageQuerySchema,
  productPageSchema,
  productSchema,
  refundAcceptedSchema,
  refundRequestSchema,
} from "./client";
export { admit, openDownload } from "./deliveries";
export { requestRefund } from "./enqueue-refund";
export { deleteProductsOf, type InMotion, lockTrade, ordersInMotion } from "./erase-account";
export { getOrder, listOrders, mayFollowOrders } from "./orders";
export { placeOrder } from "./place-order";
export { archiveProduct, createProduct, getProduct, listProducts } from "./products";
export { eventReceiptSchema, receivePaymentEvent } from "./receive-payment-event";
