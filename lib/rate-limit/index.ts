export { secondsLeft, setLimitHeaders } from "./limit-headers";
export { refusal } from "./rate-limited-response";
export { type LimitCounts, limitStats } from "./stats";
export { takeToken } from "./take-token";
