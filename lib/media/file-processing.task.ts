import { now } from "../core/clock";
import { failpoint } from "../core/failpoint";
import { log } from "../core/log";
import { db, type Transaction } from "../db";
import type { FilePurpose, FileStatus } from "../schemas/enums";
import type { FileProblem } from "../schemas/media-file";
import { defineTask, NonRetryableTaskError, type Payload } from "../tasks";
import { deleteBlobsAfterCommit } from "./delete-blobs-after-commit";
import { type ExaminedCover, examineCover, saveCover } from "./examine-cover";
import { examineSound } from "./examine-sound";
import { FileRefusedError } from "./file-refused-error";
import { INTERRUPTED, interruptFile } from "./interrupt-files";
import { refuseFile } from "./refuse-file";
import { type FoundSound, keepEmbeddedCover, saveSound } from "./save-sound";
import type { Blobs } from "./transcode/run";

/** How often progress is reported. */
const REPORT_INTERVAL_MS = 1_000;

export interface FileToProcess {
  id: string;
  pathname: string;
  bytes: number;
}

type Outcome =
  /** Deleted, or refused meanwhile. */
  | { kind: "gone" }
  | { kind: "refused"; fileId: string; problem: FileProblem }
  | { kind: "cover"; fileId: string; cover: ExaminedCover }
  | { kind: "sound"; fileId: string; sound: FoundSound };

/** The purpose that an operation is for; `scan` does what the file's purpose needs. */
const OPERATION_PURPOSES: Readonly<Record<Payload<"file-processing">["operation"], FilePurpose | null>> = {
  scan: null,
  preview: "cover",
  metadata: "audio",
};

/**
 * Queue `file-processing`: examines an upload by its content, and makes what pages show of it. Everything is stored
 * before the rows that name it are written, in the commit, which also deletes what interrupted attempts have stored. A
 * file that cannot be used is refused, and the task is done.
 */
export const task = defineTask<"file-processing">()<Outcome>({
  prepare: async ({ fileId, operation }, context) => {
    const file = await db().mediaFile.findUnique({
      where: { id: fileId },
      select: {
        id: true,
        pathname: true,
        bytes: true,
        purpose: true,
        status: true,
        problem: true,
        ownerId: true,
      },
    });
    if (!file || file.ownerId === null || !isProcessable(file)) return { kind: "gone" };
    const purpose = OPERATION_PURPOSES[operation] ?? file.purpose;
    if (purpose !== file.purpose || purpose === "attachment")
      throw new NonRetryableTaskError(`a file for ${file.purpose} has no ${operation}`);
    let reportedAt = now();
    const onRead = async (done: number) => {
      if (now() - reportedAt < REPORT_INTERVAL_MS) return;
      reportedAt = now();
      await context.reportProgress({ done, total: file.bytes, note: "bytes" });
    };
    try {
      const outcome: Outcome =
        purpose === "cover"
          ? { kind: "cover", fileId, cover: await examineCover(file, context) }
          : {
              kind: "sound",
              fileId,
              sound: await keepEmbeddedCover(
                await examineSound(file, { signal: context.signal, onRead }),
                context,
              ),
            };
      await failpoint("media.examined");
      return outcome;
    } catch (error) {
      if (!(error instanceof FileRefusedError)) throw error;
      log().info({ fileId, problem: error.problem, err: error.cause }, "uploaded file refused");
      return { kind: "refused", fileId, problem: error.problem };
    }
  },

  commit: async (tx, outcome) => {
    if (outcome.kind === "gone") return;
    if (!(await lockOwnedFile(tx, outcome.fileId))) return deleteBlobsAfterCommit(tx, storedBy(outcome));
    if (outcome.kind === "refused") await refuseFile(tx, outcome.fileId, outcome.problem);
    else if (outcome.kind === "cover") await saveCover(tx, outcome.fileId, outcome.cover);
    else await saveSound(tx, outcome.fileId, outcome.sound);
  },

  abandon: async (tx, { fileId, operation }) => {
    const file = await tx.mediaFile.findUnique({
      where: { id: fileId },
      select: { purpose: true, track: { select: { taskId: true } } },
    });
    // A sound that is being transcoded was examined before.
    if (!file || file.track?.taskId != null) return;
    if ((OPERATION_PURPOSES[operation] ?? file.purpose) === file.purpose) await interruptFile(tx, fileId);
  },
});

/** An interrupted one is processed after all when an operator replays its task. */
function isProcessable({ status, problem }: { status: FileStatus; problem: string | null }): boolean {
  return status === "processing" || status === "ready" || (status === "refused" && problem === INTERRUPTED);
}

/** What this attempt and those before it have stored. */
function storedBy(outcome: Exclude<Outcome, { kind: "gone" }>): Blobs {
  if (outcome.kind === "refused") return { private: [], public: [] };
  const embedded = outcome.kind === "sound" ? outcome.sound.cover : null;
  const { variants, superfluous } = (outcome.kind === "cover" ? outcome.cover : embedded) ?? {
    variants: [],
    superfluous: [],
  };
  return {
    private: embedded ? [embedded.pathname, ...embedded.superfluousOriginals] : [],
    public: [...variants.map(({ pathname }) => pathname), ...superfluous],
  };
}

/** @returns false when the file was deleted meanwhile */
async function lockOwnedFile(tx: Transaction, fileId: string): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`
SELECT 1 FROM "MediaFile" WHERE id = ${fileId}::uuid AND "ownerId" IS NOT NULL FOR UPDATE`;
  return rows.length > 0;
}
