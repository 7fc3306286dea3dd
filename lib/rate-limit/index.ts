export { secondsLeft, setLimitHeaders } from "./headers";
export { takeToken } from "./limit";
export { refusal } from "./refusal";
export { type LimitCounts, limitStats } from "./stats";
