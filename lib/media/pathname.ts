const DAY_MS = 86_400_000;

/** Everything of ours in the store. */
export const ROOT = "media/";

/** A folder for each day, so that the tidy looks at the last ones and not at all there is. */
export function folderOf(date: Date): string {
  return `${ROOT}${date.toISOString().slice(0, 10)}/`;
}

/** How many days ago a folder's day was; what no day can be read from is very old. */
export function ageInDays(folder: string, nowMs: number): number {
  const day = Date.parse(folder.slice(ROOT.length, -1));
  return Number.isNaN(day) ? Number.MAX_SAFE_INTEGER : Math.floor((nowMs - day) / DAY_MS);
}
