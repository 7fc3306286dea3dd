import { now } from "../core/clock";
import { newId } from "../core/ids";
import { log } from "../core/log";
import type { Transaction } from "../db";
import { putBlob } from "../storage";
import { backgroundTaskService } from "../tasks";
import { type ExaminedCover, saveCover, toExaminedCover } from "./examine-cover";
import type { ExaminedSound } from "./examine-sound";
import { sanitizeName } from "./file-name";
import { FileRefusedError } from "./file-refused-error";
import { publishTrackChanged } from "./file-users";
import { soundTypes } from "./sound-types";

/** A picture that was found in a sound, stored as a cover of its own. */
interface EmbeddedCover extends ExaminedCover {
  pathname: string;
  bytes: number;
}

export interface FoundSound extends Omit<ExaminedSound, "picture"> {
  cover: EmbeddedCover | null;
}

/**
 * Stores the picture in a sound as a cover, which its owner may use. Its names follow from the sound's, so that a run
 * after an interrupted one overwrites what that left. A picture that cannot be used is no reason to refuse the sound.
 *
 * @throws {AppError} unavailable
 */
export async function keepEmbeddedCover(
  { pathname }: { pathname: string },
  { picture, ...sound }: ExaminedSound,
): Promise<FoundSound> {
  if (!picture) return { ...sound, cover: null };
  const coverPathname = `${pathname}-cover`;
  try {
    const cover = await toExaminedCover(coverPathname, picture);
    await putBlob(coverPathname, picture, cover.type);
    return { ...sound, cover: { ...cover, pathname: coverPathname, bytes: picture.length } };
  } catch (error) {
    if (!(error instanceof FileRefusedError)) throw error;
    log().info({ problem: error.problem }, "picture in a sound not used");
    return { ...sound, cover: null };
  }
}

/**
 * Writes what was found of a sound whose row is locked, and enqueues its transcoding the first time. Safe to repeat:
 * the tags are read again.
 */
export async function saveSound(tx: Transaction, fileId: string, sound: FoundSound): Promise<void> {
  const { type, sha256, cover, durationMs, sampleRate, channels, title, artist, bpm } = sound;
  const file = await tx.mediaFile.findUniqueOrThrow({
    where: { id: fileId },
    select: { name: true, ownerId: true, status: true, track: { select: { taskId: true } } },
  });
  await tx.mediaFile.update({
    where: { id: fileId },
    data: { type, sha256, name: sanitizeName(file.name, soundTypes[type]) },
  });
  const embeddedCoverId = cover && file.ownerId ? await saveEmbeddedCover(tx, file.ownerId, cover) : null;
  const tags = { title, artist, bpm, embeddedCoverId };
  if (file.status === "ready" || file.track?.taskId != null) {
    // What was decoded says more than the container.
    const { status } = await tx.track.update({ where: { fileId }, data: tags, select: { status: true } });
    await publishTrackChanged(tx, fileId, status);
    return;
  }
  await tx.mediaFile.update({ where: { id: fileId }, data: { status: "processing", problem: null } });
  const taskId = await backgroundTaskService.transcodeAudio(
    { fileId, formats: ["aac", "opus"] },
    { tx, key: fileId, ...(file.ownerId ? { ownerId: file.ownerId } : {}) },
  );
  const found = {
    ...tags,
    durationMs,
    sampleRate,
    channels,
    taskId,
    status: "processing",
    problem: null,
  } as const;
  await tx.track.upsert({ where: { fileId }, create: { fileId, ...found }, update: found });
  await publishTrackChanged(tx, fileId, "processing");
}

/** @returns the cover's id */
async function saveEmbeddedCover(tx: Transaction, ownerId: string, cover: EmbeddedCover): Promise<string> {
  const { pathname, bytes, type } = cover;
  const { id } = await tx.mediaFile.upsert({
    where: { pathname },
    create: {
      ...{ id: newId(), ownerId, name: "cover", type, bytes, pathname, purpose: "cover" },
      createdAt: new Date(now()),
    },
    update: { bytes },
    select: { id: true },
  });
  await saveCover(tx, id, cover);
  return id;
}
