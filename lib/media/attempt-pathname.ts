import { extname } from "node:path";
import { keyedHash } from "../core/keyed-hash";
import { MEDIA_ROOT, SOUND_PARTS_ROOT, SOUND_ROOT, VARIANT_ROOT } from "./pathname";

/** One attempt of a task. */
export interface Attempt {
  taskId: string;
  /** From 1. */
  attempt: number;
}

/*
 * Paths of what one attempt of a task stores. They cannot be guessed without the secret key, and each attempt has its
 * own: a late one never overwrites what a row names, the tidy never deletes what a later one has just stored, and a later
 * one knows what those before may have left behind.
 */

/** @param name  file name with extension, such as `preview.aac.m4a` */
export function soundPathname(attempt: Attempt, name: string): string {
  return pathname(SOUND_ROOT, attempt, name);
}

/** Of a part of an encoding. */
export function soundPartPathname(attempt: Attempt): string {
  return pathname(SOUND_PARTS_ROOT, attempt, "part.mka");
}

/** @param name  file name with extension, such as `320.avif` */
export function picturePathname(attempt: Attempt, name: string): string {
  return pathname(VARIANT_ROOT, attempt, name);
}

/** Of the picture within a sound, in the private store. */
export function embeddedCoverPathname(attempt: Attempt): string {
  return pathname(MEDIA_ROOT, attempt, "cover");
}

/** The attempts before this one, which may have stored the same before they were killed. */
export function earlierAttempts({ taskId, attempt }: Attempt): Attempt[] {
  return Array.from({ length: attempt - 1 }, (_, index) => ({ taskId, attempt: index + 1 }));
}

function pathname(root: string, { taskId, attempt }: Attempt, name: string): string {
  const secret = keyedHash("sound", `${taskId}:${attempt}:${name}`).toString("hex").slice(0, 40);
  return `${root}${dayOf(taskId)}/${secret}${extname(name)}`;
}

/** The day of a UUID v7: one folder per day, so that the tidy can scan recent folders instead of the whole store. */
function dayOf(id: string): string {
  return new Date(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16)).toISOString().slice(0, 10);
}
