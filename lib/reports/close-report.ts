import type { z } from "zod";
import { type AuditContext, recordAudit } from "../audit";
import { now } from "../core/clock";
import { AppError } from "../core/errors";
import { requireFreshSignIn, requireRole, type SignedInCaller } from "../core/permission";
import { db, transaction } from "../db";
import type { closeReportSchema, ReportView } from "../schemas/report";
import { reportColumns, toReportViews } from "./list-reports";

/**
 * Closes an open report: `resolved` when something was done about it, `dismissed` when nothing had to be. What it is
 * about does not change. A closed report stays as it is. Safe to repeat.
 *
 * @throws {AppError} forbidden unless the caller is an administrator; fresh_sign_in_required; not_found
 */
export async function closeReport(
  caller: SignedInCaller,
  id: string,
  { outcome, reason }: z.output<typeof closeReportSchema>,
  auditContext: AuditContext = {},
): Promise<ReportView> {
  requireRole(caller, "admin");
  requireFreshSignIn(caller);
  await transaction(async (tx) => {
    const { count } = await tx.report.updateMany({
      where: { id, state: "open" },
      data: { state: outcome, closedAt: new Date(now()), closedFor: reason },
    });
    if (count === 0) return;
    await recordAudit(tx, {
      action: outcome === "resolved" ? "report_resolved" : "report_dismissed",
      actorId: caller.userId,
      subject: `report:${id}`,
      ...auditContext,
      reason,
    });
  });
  const row = await db().report.findUnique({ where: { id }, select: reportColumns });
  const [view] = row ? await toReportViews([row]) : [];
  if (!view) throw new AppError("not_found");
  return view;
}
