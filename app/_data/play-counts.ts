import { LiveCounts } from "./live-counts";

export const playCounts = new LiveCounts();
