import { now } from "../core/clock";
import { newId } from "../core/ids";
import { log } from "../core/log";
import type { Transaction } from "../db";
import { putBlob } from "../storage";
import { backgroundTaskService } from "../tasks";
import { type Attempt, earlierAttempts, embeddedCoverPathname } from "./attempt-pathname";
import { deleteBlobsAfterCommit } from "./delete-blobs-after-commit";
import { type ExaminedCover, saveCover, toExaminedCover } from "./examine-cover";
import type { ExaminedSound } from "./examine-sound";
import { sanitizeName } from "./file-name";
import { FileRefusedError } from "./file-refused-error";
import { fileSubject } from "./file-subject";
import { publishTrackChanged } from "./file-users";
import { soundTypes } from "./sound-types";

/** A picture that was found in a sound, stored as a cover of its own. */
interface EmbeddedCover extends ExaminedCover {
  pathname: string;
  bytes: number;
  /** Pathnames of what earlier attempts may have stored of it. */
  superfluousOriginals: string[];
}

export interface FoundSound extends Omit<ExaminedSound, "picture"> {
  cover: EmbeddedCover | null;
}

/**
 * Stores the picture in a sound as a cover, which its owner may use. A picture that cannot be used is no reason to
 * refuse the sound.
 *
 * @throws {AppError} unavailable
 */
export async function keepEmbeddedCover(
  { picture, ...sound }: ExaminedSound,
  attempt: Attempt,
): Promise<FoundSound> {
  if (!picture) return { ...sound, cover: null };
  const pathname = embeddedCoverPathname(attempt);
  try {
    const cover = await toExaminedCover(picture, attempt);
    await putBlob(pathname, picture, cover.type);
    const superfluousOriginals = earlierAttempts(attempt).map(embeddedCoverPathname);
    return { ...sound, cover: { ...cover, pathname, superfluousOriginals, bytes: picture.length } };
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
  const { type, sha256, cover, durationMs, title, artist, bpm } = sound;
  const file = await tx.mediaFile.findUniqueOrThrow({
    where: { id: fileId },
    select: {
      ...{ name: true, ownerId: true, status: true },
      track: { select: { taskId: true, embeddedCover: { select: { id: true, pathname: true } } } },
    },
  });
  await tx.mediaFile.update({
    where: { id: fileId },
    data: { type, sha256, name: sanitizeName(file.name, soundTypes[type]) },
  });
  const { ownerId } = file;
  const embeddedCoverId =
    cover && ownerId
      ? await saveEmbeddedCover(tx, { ownerId, former: file.track?.embeddedCover ?? null }, cover)
      : null;
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
    { tx, key: fileId, subject: fileSubject(fileId), ...(file.ownerId ? { ownerId: file.ownerId } : {}) },
  );
  const found = {
    ...tags,
    durationMs,
    taskId,
    status: "processing",
    problem: null,
  } as const;
  await tx.track.upsert({ where: { fileId }, create: { fileId, ...found }, update: found });
  await publishTrackChanged(tx, fileId, "processing");
}

/** @returns the cover's id */
async function saveEmbeddedCover(
  tx: Transaction,
  { ownerId, former }: { ownerId: string; former: { id: string; pathname: string } | null },
  cover: EmbeddedCover,
): Promise<string> {
  const { pathname, bytes, type, superfluousOriginals } = cover;
  const id = former?.id ?? newId();
  await tx.mediaFile.upsert({
    where: { id },
    create: {
      ...{ id, ownerId, name: "cover", type, bytes, pathname, purpose: "cover" },
      createdAt: new Date(now()),
    },
    update: { bytes, pathname },
  });
  deleteBlobsAfterCommit(tx, {
    private: [...superfluousOriginals, ...(former ? [former.pathname] : [])],
    public: [],
  });
  await saveCover(tx, id, cover);
  return id;
}
