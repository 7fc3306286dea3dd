/** Periods of a leaderboard. */
export const periods = ["week", "month", "all"] as const;
export type Period = (typeof periods)[number];
