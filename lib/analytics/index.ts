export { collectEvents, getAnalyticsStats } from "./collect-events";
export {
  type DailyTotal,
  dailyTotalsQuerySchema,
  dailyTotalsSchema,
  type EventReport,
  getDailyTotals,
  getEventReport,
} from "./daily-totals";
export { anonymiseEventBatch } from "./erase-account";
export { tidyEvents } from "./tidy-events";
