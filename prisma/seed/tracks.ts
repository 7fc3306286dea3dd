import { randomBytes } from "node:crypto";
import { v7 } from "uuid";
import { transaction } from "@/lib/db";
import { isSoundAvailable } from "@/lib/media";
import { dayFolder } from "@/lib/media/pathname";
import { hasBlobStore, putBlob } from "@/lib/storage";
import { backgroundTaskService } from "@/lib/tasks";
import { renderTrack } from "./sound/render-track";
import { type StyleName, styles } from "./sound/styles";
import { encodeWav } from "./sound/wav";

/** A track to synthesise. */
export interface SeedTrack {
  style: StyleName;
  /** Another one is another piece in the style. */
  seed: number;
  /** Of the file, without its extension. */
  name: string;
}

/** The app starts after the seed, and QStash calls it then; a call that finds no app is repeated. */
const START_DELAY_SECONDS = 10;

/** Whether the seed has sound: it needs a store for the originals, and what transcodes them. */
export const hasSound = (): boolean => hasBlobStore() && isSoundAvailable();

/**
 * Synthesises a track and uploads it as its artist would have: the original is in the private store, and the app's own
 * queues examine and transcode it once the app runs.
 *
 * @returns the file's id
 */
export async function uploadTrack(ownerId: string, { style, seed, name }: SeedTrack): Promise<string> {
  const bytes = encodeWav(renderTrack(styles[style], seed));
  const id = v7();
  const pathname = `${dayFolder(new Date())}${id}-${randomBytes(16).toString("hex")}`;
  await putBlob(pathname, bytes, "audio/wav");
  await transaction(async (tx) => {
    await tx.mediaFile.create({
      data: {
        ...{ id, ownerId, pathname, name: `${name}.wav`, type: "audio/wav", bytes: bytes.length },
        ...{ purpose: "audio", status: "processing" },
      },
    });
    await backgroundTaskService.processFile(
      { fileId: id, operation: "metadata" },
      { tx, key: id, ownerId, delaySeconds: START_DELAY_SECONDS },
    );
  });
  return id;
}
