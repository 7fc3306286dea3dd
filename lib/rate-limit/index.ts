export { getRetryAfterSeconds, setLimitHeaders } from "./limit-headers";
export { rateLimitedResponse } from "./rate-limited-response";
export { type LimitCounts, limitStats } from "./stats";
export { takeToken } from "./take-token";
