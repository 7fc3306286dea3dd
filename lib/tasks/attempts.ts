import { z } from "zod";
import { Prisma } from "../db";
import { TaskState } from "../schemas/enums";

/**
 * A task's attempts. Its row has the begin of the last one and the failed ones, written by the statements that end or
 * take over an attempt: an attempt costs no statement more, and a task that succeeds at once has no list.
 */

/** Failed attempts that a row keeps; the oldest goes first. */
const MAX_KEPT_FAILURES = 20;
/** Length of an attempt's error, in characters. */
const MAX_ERROR_LENGTH = 500;

/** Why an attempt failed that a later one took over: its process ended, or did not come back in time. */
const LOST_ATTEMPT = "no outcome: the process ended, or its lease ran out";

/** The value of `failures` after the row's last attempt has failed. */
export function withFailureSql(error: string): Prisma.Sql {
  return appendSql(error.slice(0, MAX_ERROR_LENGTH), Prisma.sql`clock_timestamp()`);
}

/** The value of `failures` when another attempt begins, or none will: one that runs on paper was lost. */
export function withLostAttemptSql(): Prisma.Sql {
  return Prisma.sql`CASE WHEN state = 'running' THEN ${appendSql(LOST_ATTEMPT, Prisma.sql`"leaseUntil"`)} ELSE failures END`;
}

function appendSql(error: string, endedAt: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
(CASE WHEN jsonb_array_length(coalesce(failures, '[]')) < ${MAX_KEPT_FAILURES} THEN coalesce(failures, '[]') ELSE failures - 0 END)
  || jsonb_build_object('attempt', attempts, 'startedAt', "startedAt", 'endedAt', ${endedAt}, 'error', ${error}::text,
    'messageId', "messageId")`;
}

/** The value of `failures` of a finished task whose errors may name a person: when, without why. */
export const failuresWithoutErrorsSql = Prisma.sql`
(SELECT jsonb_agg(failure - 'error') FROM jsonb_array_elements(failures) failure)`;

const failuresSchema = z
  .array(
    z.object({
      attempt: z.int(),
      startedAt: z.coerce.date().nullable(),
      endedAt: z.coerce.date().nullable(),
      error: z.string().optional(),
      messageId: z.string().nullable(),
    }),
  )
  .catch([]);

export const attemptSchema = z.object({
  /** From 1. */
  attempt: z.int(),
  outcome: z.enum(["running", "done", "failed"]),
  /** Null for an attempt of an earlier deployment. */
  startedAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  /** Null while it runs, when it succeeded, and for a finished mail or notification. */
  error: z.string().nullable(),
  /** QStash's message that it was delivered by; null for a run without QStash. */
  messageId: z.string().nullable(),
});

export type Attempt = z.infer<typeof attemptSchema>;

interface AttemptRow {
  state: TaskState;
  attempts: number;
  startedAt: Date | null;
  finishedAt: Date | null;
  messageId: string | null;
  failures: unknown;
}

/** The attempts that the row knows of, in order: those that failed, then the one that runs or succeeded. */
export function listAttempts({ failures, ...row }: AttemptRow): Attempt[] {
  const failed = failuresSchema.parse(failures ?? []).map(
    ({ startedAt, endedAt, error, ...attempt }): Attempt => ({
      ...attempt,
      outcome: "failed",
      startedAt: startedAt?.toISOString() ?? null,
      endedAt: endedAt?.toISOString() ?? null,
      error: error ?? null,
    }),
  );
  const { state, attempts, startedAt, finishedAt, messageId } = row;
  if (state !== TaskState.running && state !== TaskState.done) return failed;
  const last: Attempt = {
    attempt: attempts,
    outcome: state,
    startedAt: startedAt?.toISOString() ?? null,
    endedAt: finishedAt?.toISOString() ?? null,
    error: null,
    messageId,
  };
  return [...failed, last];
}
