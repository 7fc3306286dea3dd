import type { z } from "zod";
import type { Caller } from "../core/access-token";
import { now } from "../core/clock";
import { AppError } from "../core/errors";
import { newId } from "../core/ids";
import { type Transaction, transaction } from "../db";
import type { newReportSchema, Report } from "../schemas/report";
import { findReportable } from "./find-reportable";

type NewReport = z.output<typeof newReportSchema>;

/** Open reports of one user: more are a flood, and not read. */
const MAX_OPEN_REPORTS = 100;

/**
 * Reports something that the caller sees. The report keeps its words as they are: its author may change or delete it. They have one open report about it: a repeat, also a concurrent one, answers
 * with that and changes nothing. Neither its author nor anyone else is notified.
 *
 * @returns the report, and whether this call made it
 * @throws {AppError} not_found for what the caller cannot see; bad_request for what is their own; conflict with too many
 *         open reports
 */
export function createReport(
  { userId }: Pick<Caller, "userId">,
  { target, targetId, reason, text }: NewReport,
): Promise<{ report: Report; created: boolean }> {
  return transaction(async (tx) => {
    const { authorId, ...reported } = await findReportable(tx, userId, { target, targetId });
    if (authorId === userId) throw new AppError("bad_request", { message: "report_own", field: "targetId" });
    const existing = await findOpen(tx, userId, { target, targetId });
    if (existing) return { report: existing, created: false };
    if ((await tx.report.count({ where: { reporterId: userId, state: "open" } })) >= MAX_OPEN_REPORTS)
      throw new AppError("conflict", { message: "too_many_reports" });
    const insertedCount = await tx.$executeRaw`
INSERT INTO "Report" (id, "reporterId", target, "targetId", reason, text, "reportedAuthorId", "reportedTitle",
  "reportedText", "createdAt")
VALUES (${newId()}::uuid, ${userId}::uuid, ${target}::"ReportTarget", ${targetId}::uuid, ${reason}::"ReportReason",
  ${text}, ${authorId}::uuid, ${reported.title}, ${reported.text}, ${new Date(now())})
ON CONFLICT ("reporterId", target, "targetId") WHERE state = 'open' DO NOTHING`;
    const report = await findOpen(tx, userId, { target, targetId });
    // Closed by an operator between the two statements: the next call makes another one.
    if (!report) throw new AppError("conflict");
    return { report, created: insertedCount > 0 };
  });
}

async function findOpen(
  tx: Transaction,
  reporterId: string,
  about: Pick<NewReport, "target" | "targetId">,
): Promise<Report | null> {
  const row = await tx.report.findFirst({
    where: { reporterId, ...about, state: "open" },
    select: { id: true, target: true, targetId: true, reason: true, state: true, createdAt: true },
  });
  return row && { ...row, createdAt: row.createdAt.toISOString() };
}
