const DAY_MS = 86_400_000;

/** Path prefix of all our files in the store. */
export const MEDIA_ROOT = "media/";

/** Path prefix of the pictures of covers, in the public store. */
export const VARIANT_ROOT = "variants/";

/** Path prefix of renditions, previews and waveforms in the public store. */
export const SOUND_ROOT = "sound/";

/** Path prefix, in the private store, of encodings that did not fit into one run. */
export const SOUND_PARTS_ROOT = "sound-parts/";

/** One folder per day, so that the tidy can scan recent folders instead of the whole store. */
export function dayFolder(date: Date): string {
  return `${MEDIA_ROOT}${date.toISOString().slice(0, 10)}/`;
}

/** A folder's age in days; a name that is not a date counts as very old. */
export function ageInDays(folder: string, nowMs: number): number {
  const day = Date.parse(folder.split("/")[1] ?? "");
  return Number.isNaN(day) ? Number.MAX_SAFE_INTEGER : Math.floor((nowMs - day) / DAY_MS);
}
