export { clearSellerSums, deleteAccountSales } from "./erase-account";
export {
  getLeaderboard,
  type Leaderboard,
  leaderboardQuerySchema,
  leaderboardSchema,
} from "./get-leaderboard";
export { type Period, periodSchema, periods } from "./period";
export { rebuildLeaderboards } from "./rebuild-leaderboards";
