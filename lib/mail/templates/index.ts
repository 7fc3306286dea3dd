import { accountDeleted } from "./account-deleted";
import { accountNotice } from "./account-notice";
import { alert } from "./alert";
import { confirmAddress } from "./confirm-address";
import { notification } from "./notification";
import { orderDelivered } from "./order-delivered";
import { plain } from "./plain";
import { refund } from "./refund";
import { resetPassword } from "./reset-password";
import { sale } from "./sale";

export const templates = {
  "order-delivered": orderDelivered,
  sale,
  refund,
  notification,
  plain,
  "confirm-address": confirmAddress,
  "reset-password": resetPassword,
  "account-notice": accountNotice,
  "account-deleted": accountDeleted,
  alert,
} as const;
