import type { z } from "zod";
import type { Caller } from "../core/access-token";
import { requireRole } from "../core/permission";
import { db } from "../db";
import { type ReportPage, type ReportView, reportPageQuerySchema } from "../schemas/report";
import { readContent } from "./read-content";

export const reportColumns = {
  ...{ id: true, target: true, targetId: true, reason: true, text: true, state: true },
  ...{ createdAt: true, closedAt: true, closedFor: true },
  ...{ reportedTitle: true, reportedText: true },
  reporter: { select: { id: true, name: true, handle: true, deletedAt: true } },
  reportedAuthor: { select: { id: true, name: true, handle: true, deletedAt: true } },
} as const;

/**
 * Reports in one state, newest first, with what they are about, for administrators.
 * @throws {AppError} forbidden for other callers
 */
export async function listReports(
  caller: Pick<Caller, "role">,
  page: z.input<typeof reportPageQuerySchema> = {},
): Promise<ReportPage> {
  requireRole(caller, "admin");
  const { state, cursor, limit } = reportPageQuerySchema.parse(page);
  const rows = await db().report.findMany({
    where: { state, ...(cursor ? { id: { lt: cursor } } : {}) },
    orderBy: { id: "desc" },
    take: limit + 1,
    select: reportColumns,
  });
  const items = await toReportViews(rows.slice(0, limit));
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

type Row = Awaited<ReturnType<typeof findRow>>;

/** Only for its type: a report as `reportColumns` selects it. */
function findRow(id: string) {
  return db().report.findUniqueOrThrow({ where: { id }, select: reportColumns });
}

export async function toReportViews(rows: readonly Row[]): Promise<ReportView[]> {
  const contentOf = await readContent(rows);
  return rows.map((report) => {
    const { reporter, reportedAuthor, reportedTitle, reportedText, createdAt, closedAt, ...row } = report;
    return {
      ...row,
      createdAt: createdAt.toISOString(),
      closedAt: closedAt?.toISOString() ?? null,
      reporter: toParty(reporter),
      reported:
        reportedText === null
          ? null
          : { title: reportedTitle, text: reportedText, author: toParty(reportedAuthor) },
      content: contentOf(row),
    };
  });
}

/** Null for an account that is being erased. */
function toParty(user: Row["reporter"]): ReportView["reporter"] {
  return user && user.deletedAt === null ? { id: user.id, name: user.name, handle: user.handle } : null;
}
