import { z } from "zod";
import type { Caller } from "../core/access-token";
import { AppError } from "../core/errors";
import { db, type Prisma, type Transaction } from "../db";
import {
  fileProblems,
  type UploadedFile,
  type UploadPage,
  uploadPageQuerySchema,
} from "../schemas/media-file";
import { progressSchema } from "../schemas/task";
import { coverFileColumns, toCoverView } from "./track-view";

/** Files that are uploaded for a post, a product or a profile, not in a chat. */
const isUpload = { purpose: { not: "attachment" }, cancelledAt: null } as const;

const isUnused = {
  ...{ postsWithAudio: { none: {} }, postsWithCover: { none: {} } },
  ...{ productsWithAudio: { none: {} }, productsWithCover: { none: {} } },
  usersWithPicture: { none: {} },
} as const;

const uploadColumns = {
  id: true,
  purpose: true,
  status: true,
  problem: true,
  name: true,
  bytes: true,
  ...coverFileColumns.select,
  track: {
    select: {
      status: true,
      durationMs: true,
      title: true,
      artist: true,
      bpm: true,
      embeddedCoverId: true,
      taskId: true,
    },
  },
} as const satisfies Prisma.MediaFileSelect;

type UploadRow = Prisma.MediaFileGetPayload<{ select: typeof uploadColumns }>;

/** One upload of the caller's. @throws {AppError} not_found, also for another user's */
export async function getUpload(
  { userId }: Caller,
  id: string,
  client: Pick<Transaction, "mediaFile" | "task"> = db(),
): Promise<UploadedFile> {
  const row = await client.mediaFile.findFirst({
    where: { id, ownerId: userId, ...isUpload },
    select: uploadColumns,
  });
  const [file] = row ? await toUploadedFiles([row], client) : [];
  if (!file) throw new AppError("not_found", { message: "file_not_found" });
  return file;
}

/** The caller's uploads of one purpose that are ready to be used, newest first. */
export async function listUploads(
  { userId }: Caller,
  page: z.input<typeof uploadPageQuerySchema>,
): Promise<UploadPage> {
  const { purpose, unused, cursor, limit } = uploadPageQuerySchema.parse(page);
  const rows = await db().mediaFile.findMany({
    where: {
      ...{ ownerId: userId, purpose, status: "ready" },
      ...(unused ? isUnused : {}),
      ...(cursor ? { id: { lt: cursor } } : {}),
    },
    orderBy: { id: "desc" },
    take: limit + 1,
    select: uploadColumns,
  });
  const items = await toUploadedFiles(rows.slice(0, limit), db());
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** The key of the first task of a file (`file-processing`). */
export function processingTaskKey(fileId: string): string {
  return fileId;
}

interface FileTask {
  id: string;
  key: string;
  progress: unknown;
}

/** Two statements, however many files. */
async function toUploadedFiles(
  rows: readonly UploadRow[],
  client: Pick<Transaction, "task">,
): Promise<UploadedFile[]> {
  const processing = rows.filter(({ status }) => status === "processing");
  const select = { id: true, key: true, progress: true } as const;
  const tasks =
    processing.length === 0
      ? []
      : await client.task.findMany({
          where: {
            OR: [
              { queue: "file-processing", key: { in: processing.map(({ id }) => processingTaskKey(id)) } },
              { id: { in: processing.flatMap(({ track }) => track?.taskId ?? []) } },
            ],
          },
          select,
        });
  return rows.map((row) => toUploadedFile(row, findTask(row, tasks)));
}

function findTask({ id, status, track }: UploadRow, tasks: readonly FileTask[]): FileTask | undefined {
  if (status !== "processing") return undefined;
  const taskId = track?.taskId ?? null;
  return tasks.find((task) => (taskId === null ? task.key === processingTaskKey(id) : task.id === taskId));
}

function toUploadedFile(row: UploadRow, task: FileTask | undefined): UploadedFile {
  const { id, purpose, name, bytes, track } = row;
  return {
    ...{ id, purpose, name, bytes },
    status: row.status,
    problem: z.enum(fileProblems).nullable().catch("damaged").parse(row.problem),
    track: track && {
      status: track.status,
      durationSeconds: track.durationMs === null ? null : track.durationMs / 1_000,
      title: track.title,
      artist: track.artist,
      bpm: track.bpm,
      embeddedCoverFileId: track.embeddedCoverId,
    },
    cover: purpose === "cover" ? toCoverView(row) : null,
    taskId: task?.id ?? null,
    progress: progressSchema
      .nullable()
      .catch(null)
      .parse(task?.progress ?? null),
  };
}
