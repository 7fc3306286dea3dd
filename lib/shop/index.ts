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
export { deleteProductsOf, type InMotion, lockTrade, ordersInMotion } from "./forget";
export { getOrder, listOrders, mayFollowOrders } from "./orders";
export { placeOrder } from "./place-order";
export { archiveProduct, createProduct, getProduct, listProducts } from "./products";
export { requestRefund } from "./request-refund";
export { eventReceiptSchema, receivePaymentEvent } from "./webhook";
