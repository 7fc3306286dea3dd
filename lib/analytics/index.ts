export { acceptedSchema, newEventsSchema } from "./client";
export { analyticsStats, collectEvents } from "./collect-events";
export {
  type DailyTotal,
  dailyTotals,
  dailyTotalsQuerySchema,
  dailyTotalsSchema,
  type EventReport,
  eventReport,
} from "./daily-totals";
export { anonymiseEventsOf } from "./erase-account";
