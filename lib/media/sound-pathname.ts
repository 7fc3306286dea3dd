import { keyedHash } from "../core/keyed-hash";
import { SOUND_PARTS_ROOT, SOUND_ROOT } from "./pathname";

/** One attempt of a task. */
interface Attempt {
  taskId: string;
  attempt: number;
}

/**
 * Path of what one attempt of a task stores. It cannot be guessed without the secret key, and each attempt has its own:
 * a late one never overwrites what a row names, and a later one knows what those before may have left behind.
 *
 * @param name  file name with extension, such as `preview.aac.m4a`
 */
export function soundPathname({ taskId, attempt }: Attempt, name: string): string {
  return pathname(SOUND_ROOT, { taskId, attempt }, name);
}

/** Like `soundPathname`, for a part of an encoding. */
export function soundPartPathname({ taskId, attempt }: Attempt): string {
  return pathname(SOUND_PARTS_ROOT, { taskId, attempt }, "part.mka");
}

function pathname(root: string, { taskId, attempt }: Attempt, name: string): string {
  const secret = keyedHash("sound", `${taskId}:${attempt}:${name}`).toString("hex").slice(0, 40);
  return `${root}${dayOf(taskId)}/${secret}${name.slice(name.lastIndexOf("."))}`;
}

/** The day of a UUID v7: one folder per day, so that the tidy can scan recent folders instead of the whole store. */
function dayOf(id: string): string {
  return new Date(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16)).toISOString().slice(0, 10);
}
