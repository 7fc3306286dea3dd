export { deleteSalesOf, forgetSeller } from "./forget";
export { type Period, periodSchema, periods } from "./period";
export { getLeaderboard, type Leaderboard, leaderboardQuerySchema, leaderboardSchema } from "./read";
export { rebuildLeaderboards } from "./rebuild";
