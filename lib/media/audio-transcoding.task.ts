import { newId } from "../core/ids";
import { db, type Transaction } from "../db";
import { backgroundTaskService, defineTask, type Payload, type TaskContext } from "../tasks";
import type { RenditionFormat, ResumedEncoding } from "../tasks/queues/audio-transcoding";
import { deleteBlobsAfterCommit } from "./delete-blobs-after-commit";
import { fileSubject } from "./file-subject";
import { publishTrackChanged } from "./file-users";
import { INTERRUPTED, interruptFile } from "./interrupt-files";
import { refuseFile } from "./refuse-file";
import { PLAYED_FORMATS } from "./transcode/renditions";
import type { StoredVariant } from "./transcode/run";
import { encodeSound, measureSound, type Transcoded } from "./transcode/transcode";

type TranscodingPayload = Payload<"audio-transcoding">;

/**
 * Queue `audio-transcoding`: measures a sound if that was not done, enqueues one task for each format, or encodes one.
 * What is made is in the public store before the commit gives it its rows. The last of AAC and Opus makes the track
 * playable.
 */
export const task = transcodingTask();

/** @param options  tests make the runs shorter */
export function transcodingTask(options: { encodeUntilMs?: number } = {}) {
  return defineTask<"audio-transcoding">()({
    async prepare(payload, context) {
      const result = await prepare(payload, context, options);
      return { payload, result };
    },

    async commit(tx, { payload, result }, { taskId }) {
      const { fileId } = payload;
      if (result === null) return;
      if (result !== "fan-out") deleteBlobsAfterCommit(tx, result.superfluous);
      const file = await lockFile(tx, fileId);
      if (!file) {
        // It was deleted meanwhile, and so is what was made of it.
        if (result !== "fan-out") deleteBlobsAfterCommit(tx, result.stored);
        return;
      }
      const chain = { tx, ownerId: file.ownerId };
      if (result === "fan-out") return enqueueFormats(payload, taskId, chain);
      switch (result.outcome) {
        case "refused":
          return refuseFile(tx, fileId, result.problem);
        case "measured": {
          const { seconds, loudness, truePeak } = result.measurement;
          const durationMs = Math.round(seconds * 1_000);
          await tx.track.update({
            where: { fileId },
            data: { durationMs, loudness, truePeak },
          });
          await writeVariants(tx, fileId, result.variants);
          return enqueueFormats(payload, taskId, chain);
        }
        case "encoded":
          await writeVariants(tx, fileId, result.variants);
          return publishIfComplete(tx, fileId);
        case "unfinished":
          return enqueueRest(payload, result.resume, taskId, chain);
      }
    },

    async abandon(tx, { fileId, formats }) {
      // Others are extras of a track that plays without them.
      if (formats.some(isPlayed)) await interruptFile(tx, fileId);
    },
  });
}

function isPlayed(format: RenditionFormat): boolean {
  return PLAYED_FORMATS.includes(format);
}

/** @returns null when there is nothing left to do; `fan-out` when each format gets a task */
async function prepare(
  { fileId, formats, resume }: TranscodingPayload,
  context: TaskContext,
  options: { encodeUntilMs?: number },
): Promise<Transcoded | "fan-out" | null> {
  const file = await db().mediaFile.findUnique({ where: { id: fileId }, include: { track: true } });
  // Deleted meanwhile, or its owner's account.
  if (!file?.track || file.ownerId === null) return null;
  const { loudness, truePeak, durationMs } = file.track;
  if (loudness === null || truePeak === null || durationMs === null) return measureSound(file, context);
  const [format, ...others] = new Set(formats);
  if (format === undefined || others.length > 0) return "fan-out";
  const level = { loudness, truePeak };
  return encodeSound(file, { format, level, seconds: durationMs / 1_000, resume, ...options }, context);
}

/** Locks the row against its deletion, and for `publishTrackChanged`; null when the file, or its owner's account, was deleted. */
async function lockFile(tx: Transaction, fileId: string): Promise<{ ownerId: string } | null> {
  const [file] = await tx.$queryRaw<{ ownerId: string }[]>`
SELECT "ownerId"::text AS "ownerId" FROM "MediaFile" WHERE id = ${fileId}::uuid AND "ownerId" IS NOT NULL FOR UPDATE`;
  return file ?? null;
}

interface Chain {
  tx: Transaction;
  ownerId: string;
}

/**
 * One task per format. The owner watches the one that takes longest of those that the track waits for; a track that plays
 * waits for none.
 */
async function enqueueFormats(
  { fileId, formats }: TranscodingPayload,
  taskId: string,
  chain: Chain,
): Promise<void> {
  const slowestFirst = [...new Set<RenditionFormat>([...PLAYED_FORMATS, ...formats])].filter((format) =>
    formats.includes(format),
  );
  const ids: string[] = [];
  for (const format of slowestFirst) ids.push(await enqueueNext([format], { fileId }, taskId, chain));
  const [watched] = ids;
  if (watched === undefined || !formats.some(isPlayed)) return;
  const { tx } = chain;
  const { count } = await tx.track.updateMany({
    where: { fileId, OR: [{ status: "processing" }, { status: "failed", problem: INTERRUPTED }] },
    data: { taskId: watched, status: "processing", problem: null },
  });
  if (count === 0) return;
  await tx.mediaFile.update({ where: { id: fileId }, data: { status: "processing", problem: null } });
  await publishTrackChanged(tx, fileId, "processing");
}

/** The next run of an encoding. Its owner goes on watching it. */
async function enqueueRest(
  { fileId, formats }: TranscodingPayload,
  resume: ResumedEncoding,
  taskId: string,
  chain: Chain,
): Promise<void> {
  const next = await enqueueNext(formats, { fileId, resume }, taskId, chain);
  const { count } = await chain.tx.track.updateMany({
    where: { fileId, taskId, status: "processing" },
    data: { taskId: next },
  });
  if (count > 0) await publishTrackChanged(chain.tx, fileId, "processing");
}

/** Continues a chain: the key makes a repeated commit the same task. */
async function enqueueNext(
  formats: RenditionFormat[],
  { fileId, resume }: Pick<TranscodingPayload, "fileId" | "resume">,
  taskId: string,
  { tx, ownerId }: Chain,
): Promise<string> {
  const key = `${taskId}:${formats.join()}`;
  return backgroundTaskService.transcodeAudio(
    { fileId, formats, ...(resume ? { resume } : {}) },
    { tx, key, ownerId, subject: fileSubject(fileId) },
  );
}

/** Replaces the variants of the same kind and format; what they named is deleted after the commit. */
async function writeVariants(
  tx: Transaction,
  fileId: string,
  variants: readonly StoredVariant[],
): Promise<void> {
  for (const { kind, format, ...blob } of variants) {
    const which = { fileId, kind, format, width: 0 };
    const replaced = await tx.mediaVariant.findMany({ where: which, select: { pathname: true } });
    await tx.mediaVariant.deleteMany({ where: which });
    await tx.mediaVariant.create({ data: { id: newId(), ...which, ...blob } });
    const pathnames = replaced.map(({ pathname }) => pathname);
    deleteBlobsAfterCommit(tx, { private: [], public: pathnames });
  }
}

/** Makes the track playable if it has all that players need. The file's lock puts two last formats in an order. */
async function publishIfComplete(tx: Transaction, fileId: string): Promise<void> {
  const track = await tx.track.findUnique({ where: { fileId }, select: { problem: true } });
  const renditions = await tx.mediaVariant.findMany({
    where: { fileId, kind: "rendition", format: { in: [...PLAYED_FORMATS] } },
    select: { format: true },
  });
  const isRefused = !track || (track.problem !== null && track.problem !== INTERRUPTED);
  if (isRefused || renditions.length < PLAYED_FORMATS.length) return;
  await tx.track.update({ where: { fileId }, data: { status: "ready", problem: null, taskId: null } });
  await tx.mediaFile.update({ where: { id: fileId }, data: { status: "ready", problem: null } });
  await publishTrackChanged(tx, fileId, "ready");
}
