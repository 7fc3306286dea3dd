export { secondsLeft, setLimitHeaders } from "./headers";
export { takeToken } from "./limit";
