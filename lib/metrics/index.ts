export { flushCounts, flushCountsIfDue } from "./flush";
export { foldBatches } from "./fold";
export { formatPrometheus, type Gauge, PROMETHEUS_CONTENT_TYPE, quantileSeconds } from "./prometheus";
export { readAllTime, readPeriods, tidyMetrics } from "./store";
