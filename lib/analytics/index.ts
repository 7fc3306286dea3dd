export { acceptedSchema, newEventsSchema } from "./client";
export { analyticsStats, collectEvents } from "./collect";
export { type DailyTotal, dailyTotals, type EventReport, eventReport } from "./totals";
