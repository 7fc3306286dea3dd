export { clearSellerSums, deleteAccountSales } from "./erase-account";
export { getLeaderboard } from "./get-leaderboard";
export { rebuildLeaderboards } from "./rebuild-leaderboards";
