export { acceptedSchema, newEventsSchema } from "./client";
export { analyticsStats, collectEvents } from "./collect";
export { anonymiseEventsOf } from "./forget";
export {
  type DailyTotal,
  dailyTotals,
  dailyTotalsQuerySchema,
  dailyTotalsSchema,
  type EventReport,
  eventReport,
} from "./totals";
