export { openStream, type StreamOptions, streamStats } from "./streams";
export { wake } from "./wake";
