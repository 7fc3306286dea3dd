export { acceptedSchema, newEventsSchema } from "./client";
export { analyticsStats, collectEvents } from "./collect";
export {
  type DailyTotal,
  dailyTotals,
  dailyTotalsQuerySchema,
  dailyTotalsSchema,
  type EventReport,
  eventReport,
} from "./totals";
