import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import type { Caller } from "@/lib/core/access-token";
import { waitForDeferredWork } from "@/lib/core/defer";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { dayFolder, SOUND_PARTS_ROOT, SOUND_ROOT } from "@/lib/media/pathname";
import { listBlobs, putBlobFile } from "@/lib/storage";
import { backgroundTaskService } from "@/lib/tasks";
import type { RenditionFormat } from "@/lib/tasks/queues/audio-transcoding";
import { runTask } from "@/lib/tasks/run-task";

/** A sound whose bytes have arrived, as uploads leave it: a row, its track, and the bytes in the private store. */
export async function storeTestSound(owner: Caller, file: string): Promise<string> {
  const id = newId();
  const pathname = `${dayFolder(new Date())}${id}-${newId()}`;
  const { size } = await stat(file);
  await putBlobFile(pathname, file, "application/octet-stream");
  await db().mediaFile.create({
    data: {
      id,
      ownerId: owner.userId,
      name: path.basename(file),
      type: "audio/wav",
      bytes: size,
      pathname,
      purpose: "audio",
      status: "processing",
      track: { create: {} },
    },
  });
  return id;
}

/** Enqueues the transcoding of a sound. @returns the task's id */
export async function enqueueTranscoding(
  fileId: string,
  formats: RenditionFormat[] = ["aac", "opus"],
): Promise<string> {
  const { ownerId } = await db().mediaFile.findUniqueOrThrow({ where: { id: fileId } });
  const taskId = await backgroundTaskService.transcodeAudio(
    { fileId, formats },
    { key: newId(), ...(ownerId === null ? {} : { ownerId }) },
  );
  await db().track.update({ where: { fileId }, data: { taskId } });
  return taskId;
}

export const transcodingTasks = (fileId: string) =>
  db().task.findMany({
    where: { queue: "audio-transcoding", payload: { path: ["fileId"], equals: fileId } },
    orderBy: { id: "asc" },
  });

const UNFINISHED: readonly string[] = ["pending", "published", "running"];

/** Delivers the tasks of a sound until all have finished; an attempt that fails is repeated. */
export async function runTranscoding(fileId: string, { attempts = 10 } = {}): Promise<void> {
  for (let round = 0; round < attempts * 20; round++) {
    const [task] = (await transcodingTasks(fileId)).filter(({ state }) => UNFINISHED.includes(state));
    if (!task) {
      await waitForDeferredWork();
      return;
    }
    if (task.attempts >= attempts) throw new Error(`after ${attempts} attempts: ${task.error}`);
    // Of an attempt that was killed.
    await db().task.update({ where: { id: task.id }, data: { leaseUntil: null } });
    await runTask({ taskId: task.id, queue: "audio-transcoding", messageId: null }).catch(() => {});
  }
  throw new Error("the tasks of the sound do not end");
}

/** What is known of a sound, with its variants. */
export const readSound = (fileId: string) =>
  db().mediaFile.findUniqueOrThrow({
    where: { id: fileId },
    include: { track: true, variants: { orderBy: [{ kind: "asc" }, { format: "asc" }] } },
  });

/** Every blob of sound in both stores. */
export async function soundBlobs(): Promise<Set<string>> {
  const found = new Set<string>();
  for (const [root, store] of [
    [SOUND_ROOT, "public"],
    [SOUND_PARTS_ROOT, "private"],
  ] as const)
    for await (const blobs of listBlobs(root, store)) for (const { pathname } of blobs) found.add(pathname);
  return found;
}

/** Whether a file of MP4 can be played while it is loaded: its index comes before the sound. */
export async function isFastStart(file: string): Promise<boolean> {
  const bytes = await readFile(file);
  return bytes.indexOf("moov") < bytes.indexOf("mdat");
}
