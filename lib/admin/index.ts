export {
  type AlertPage,
  type AlertView,
  alertPageQuerySchema,
  alertPageSchema,
  alertSchema,
  closeAlert,
  countOpenAlerts,
  openAlerts,
} from "./alerts";
