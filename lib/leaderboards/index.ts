export { clearSellerSums, eraseSaleBatch } from "./erase-account";
export { getLeaderboard } from "./get-leaderboard";
export { rebuildLeaderboards } from "./rebuild-leaderboards";
