import { createHash } from "node:crypto";

const DAY_MS = 86_400_000;

/** Path prefix of all our files in the store. */
export const MEDIA_ROOT = "media/";

/** Path prefix of the pictures of covers, in the public store. */
export const VARIANT_ROOT = "variants/";

/** Path prefix of renditions, previews and waveforms in the public store. */
export const SOUND_ROOT = "sound/";

/** Path prefix, in the private store, of encodings that did not fit into one run. */
export const SOUND_PARTS_ROOT = "sound-parts/";

/**
 * Where a variant of a file is stored. It cannot be guessed, because the file's own pathname has 128 random bits that
 * only its owner has seen; and it is the same whenever the variant is made, so that a run after an interrupted one
 * overwrites what that left. In a folder of the file's day, which the tidy scans.
 *
 * @param original  pathname of the file in the private store
 * @param variant  what tells it from others of the file, such as `image/avif/320`
 * @param extension  without a dot
 */
export function variantPathname(original: string, variant: string, extension: string): string {
  const [, day = ""] = /^[^/]+\/([^/]+)\//.exec(original) ?? [];
  const name = createHash("sha256").update(`${original} ${variant}`).digest("hex").slice(0, 40);
  return `${VARIANT_ROOT}${day}/${name}.${extension}`;
}

/** One folder per day, so that the tidy can scan recent folders instead of the whole store. */
export function dayFolder(date: Date): string {
  return `${MEDIA_ROOT}${date.toISOString().slice(0, 10)}/`;
}

/** A folder's age in days; a name that is not a date counts as very old. */
export function ageInDays(folder: string, nowMs: number): number {
  const day = Date.parse(folder.split("/")[1] ?? "");
  return Number.isNaN(day) ? Number.MAX_SAFE_INTEGER : Math.floor((nowMs - day) / DAY_MS);
}
