import { z } from "zod";
import { failpoint } from "../core/failpoint";
import { newId } from "../core/ids";
import type { Locale } from "../core/locale";
import type { Transaction } from "../db";
import type { Execution } from "../schemas/bot";
import { SENDING_LEASE_SECONDS } from "./outbox";
import type { OutgoingMessage, Run, StepRow } from "./run-types";

export interface RunWrite {
  projectId: string;
  personId: string;
  /** The revision that the run was computed from, and the account. */
  revision: number;
  userId: string | null;
  /** The update that caused it; null for a task's. */
  updateId: string | null;
  /** As the update has them. */
  profile: { name: string; language: Locale } | null;
  executions: readonly Execution[];
  steps: readonly (StepRow & { executionId: string })[];
  messages: readonly OutgoingMessage[];
  linkCodes: Run["linkCodes"];
}

type WriteResult =
  /** The update was handled before. */
  | { outcome: "duplicate" }
  /** The person's executions, or their account, have changed since: compute again. Nothing may be committed. */
  | { outcome: "stale" }
  | {
      outcome: "written";
      /** This process may send to the chat, and the first message is marked as being sent. */
      sender: string | null;
      /** A sender died: what it left must be taken over. */
      isAbandoned: boolean;
      messageIds: string[];
    };

const resultRowsSchema = z.tuple([
  z.object({
    isFresh: z.boolean(),
    isClaimed: z.boolean(),
    isSender: z.boolean().nullable(),
    isAbandoned: z.boolean().nullable(),
  }),
]);

/**
 * Writes a run: the update's number, the executions with their steps, the messages, and the person's new revision. One
 * statement, so a person's message costs one write and its outcome a second one.
 *
 * Everything hangs on the person's revision: of two runs that were computed from the same one the second changes
 * nothing and is computed again, as does one for an account that is no longer theirs. So a button resumes an execution once, however often and from wherever it is pressed.
 * Messages go out in the order of revisions. If nothing is being sent to the chat, the caller becomes its sender.
 */
export async function writeRun(tx: Transaction, run: RunWrite): Promise<WriteResult> {
  const { projectId, personId, revision, userId, updateId, profile } = run;
  const sender = newId();
  const messages = run.messages.map((message, part) => ({ id: newId(), part, ...message }));
  const rows = await tx.$queryRaw`
WITH fresh AS (
  INSERT INTO "BotUpdate" ("projectId", "updateId")
  SELECT ${projectId}::uuid, ${updateId}::bigint WHERE ${updateId}::bigint IS NOT NULL
  ON CONFLICT DO NOTHING RETURNING 1
), claimed AS (
  UPDATE "BotPerson" SET revision = revision + 1,
    name = coalesce(${profile?.name ?? null}, name), language = coalesce(${profile?.language ?? null}, language),
    "blockedAt" = CASE WHEN ${updateId}::bigint IS NULL THEN "blockedAt" END,
    "sendingBy" = CASE WHEN "sendingUntil" IS NULL AND ${messages.length > 0} THEN ${sender}::uuid ELSE "sendingBy" END,
    "sendingUntil" = CASE WHEN "sendingUntil" IS NULL AND ${messages.length > 0}
      THEN clock_timestamp() + ${SENDING_LEASE_SECONDS} * interval '1 second' ELSE "sendingUntil" END
  WHERE id = ${personId}::uuid AND revision = ${revision} AND "userId" IS NOT DISTINCT FROM ${userId}::uuid
    AND (${updateId}::bigint IS NULL OR EXISTS (SELECT FROM fresh))
  RETURNING id, revision, "sendingBy" IS NOT DISTINCT FROM ${sender}::uuid AS "isSender",
    coalesce("sendingUntil" < clock_timestamp(), false) AS "isAbandoned"
), executions AS (
  INSERT INTO "BotExecution" (id, "projectId", "personId", "workflowId", "versionId", state, "nodeId", frames, variables,
    "stepNo", token, "dueAt", failure, "finishedAt")
  SELECT e.id, ${projectId}::uuid, claimed.id, e."workflowId", e."versionId", e.state::"BotExecutionState", e."nodeId",
    e.frames, e.variables, e."stepNo", e.token, e."dueAt", e.failure,
    CASE WHEN e.state NOT IN ('running', 'waiting') THEN clock_timestamp() END
  FROM claimed, jsonb_to_recordset(${JSON.stringify(run.executions)}::jsonb) AS e(id uuid, "workflowId" uuid,
    "versionId" uuid, state text, "nodeId" text, frames jsonb, variables jsonb, "stepNo" int, token text,
    "dueAt" timestamptz, failure text)
  ON CONFLICT (id) DO UPDATE SET state = excluded.state, "versionId" = excluded."versionId",
    "nodeId" = excluded."nodeId", frames = excluded.frames, variables = excluded.variables,
    "stepNo" = excluded."stepNo", token = excluded.token, "dueAt" = excluded."dueAt", failure = excluded.failure,
    "finishedAt" = excluded."finishedAt"
), steps AS (
  INSERT INTO "BotStep" ("executionId", no, "versionId", "nodeId", kind, input, output, error)
  SELECT s."executionId", s.no, s."versionId", s."nodeId", s.kind, s.input, s.output, s.error
  FROM claimed, jsonb_to_recordset(${JSON.stringify(run.steps)}::jsonb) AS s("executionId" uuid, no int,
    "versionId" uuid, "nodeId" text, kind text, input jsonb, output jsonb, error text)
), messages AS (
  INSERT INTO "BotMessage" (id, "personId", "executionId", "stepNo", "notificationId", revision, part, method, payload,
    state, attempts)
  SELECT m.id, claimed.id, m."executionId", m."stepNo", m."notificationId", claimed.revision, m.part, m.method, m.payload,
    (CASE WHEN claimed."isSender" AND m.part = 0 THEN 'sending' ELSE 'pending' END)::"BotMessageState",
    CASE WHEN claimed."isSender" AND m.part = 0 THEN 1 ELSE 0 END
  FROM claimed, jsonb_to_recordset(${JSON.stringify(messages)}::jsonb) AS m(id uuid, "executionId" uuid, "stepNo" int,
    "notificationId" uuid, part int, method text, payload jsonb)
), codes AS (
  INSERT INTO "BotLinkCode" (id, hash, "projectId", "personId", "expiresAt")
  SELECT c.id, c.hash, ${projectId}::uuid, claimed.id, c."expiresAt"
  FROM claimed, jsonb_to_recordset(${JSON.stringify(run.linkCodes)}::jsonb) AS c(id uuid, hash text,
    "expiresAt" timestamptz)
)
SELECT ${updateId}::bigint IS NULL OR EXISTS (SELECT FROM fresh) AS "isFresh", EXISTS (SELECT FROM claimed) AS "isClaimed",
  (SELECT "isSender" FROM claimed) AS "isSender", (SELECT "isAbandoned" FROM claimed) AS "isAbandoned"`;
  const [{ isFresh, isClaimed, isSender, isAbandoned }] = resultRowsSchema.parse(rows);
  if (!isFresh) return { outcome: "duplicate" };
  if (!isClaimed) return { outcome: "stale" };
  await failpoint("bot.run.written");
  return {
    outcome: "written",
    sender: isSender ? sender : null,
    isAbandoned: isAbandoned ?? false,
    messageIds: messages.map(({ id }) => id),
  };
}
