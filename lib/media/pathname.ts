const DAY_MS = 86_400_000;

/** Everything of ours in the store. */
export const MEDIA_ROOT = "media/";

/** A folder for each day, so that the tidy looks at the last ones and not at all there is. */
export function dayFolder(date: Date): string {
  return `${MEDIA_ROOT}${date.toISOString().slice(0, 10)}/`;
}

/** How many days ago a folder's day was; what no day can be read from is very old. */
export function ageInDays(folder: string, nowMs: number): number {
  const day = Date.parse(folder.slice(MEDIA_ROOT.length, -1));
  return Number.isNaN(day) ? Number.MAX_SAFE_INTEGER : Math.floor((nowMs - day) / DAY_MS);
}
