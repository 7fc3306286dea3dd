import { z } from "zod";
import { type AuditContext, recordAudit } from "../audit";
import type { Caller } from "../core/access-token";
import { AppError } from "../core/errors";
import { requireFreshSignIn, requireRole, type SignedInCaller } from "../core/permission";
import { db, transaction } from "../db";
import { idSchema } from "../schemas/id";
import { closeAlerts } from "../tasks";
import { countOpenAlerts } from "../tasks/open-alerts";

export const alertSchema = z.object({
  id: z.uuid(),
  /** What went wrong; lib/schemas/alert.ts lists the kinds. */
  kind: z.string(),
  /** What it is about: a task's id, or `order:{id}`. */
  subject: z.string(),
  message: z.string(),
  /** When it was first raised. */
  createdAt: z.iso.datetime(),
  /** When it was last opened. */
  openedAt: z.iso.datetime(),
  closedAt: z.iso.datetime().nullable(),
});

export type AlertView = z.infer<typeof alertSchema>;

export const alertPageQuerySchema = z.object({
  /** Id of the previous page's last alert. */
  cursor: idSchema.optional(),
  limit: z.coerce.number().int().min(1).max(50).default(20),
});

export const alertPageSchema = z.object({
  items: z.array(alertSchema),
  nextCursor: z.uuid().nullable(),
  /** Total of open alerts. */
  openCount: z.int(),
});

export type AlertPage = z.infer<typeof alertPageSchema>;

/**
 * Open alerts, newest first, for administrators.
 * @throws {AppError} forbidden for other callers
 */
export async function listOpenAlerts(
  caller: Pick<Caller, "role">,
  page: z.input<typeof alertPageQuerySchema> = {},
): Promise<AlertPage> {
  requireRole(caller, "admin");
  const { cursor, limit } = alertPageQuerySchema.parse(page);
  const [rows, openCount] = await Promise.all([
    db().alert.findMany({
      where: { closedAt: null, ...(cursor ? { id: { lt: cursor } } : {}) },
      orderBy: { id: "desc" },
      take: limit + 1,
    }),
    countOpenAlerts(),
  ]);
  const items = rows.slice(0, limit).map(toAlertView);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null, openCount };
}

/**
 * Closes an alert; a closed one stays unchanged. The same failure opens it again.
 * @throws {AppError} forbidden unless the caller is an administrator; fresh_sign_in_required; not_found
 */
export async function closeAlert(
  id: string,
  caller: SignedInCaller,
  auditContext: AuditContext = {},
): Promise<AlertView> {
  requireRole(caller, "admin");
  requireFreshSignIn(caller);
  const { userId } = caller;
  return transaction(async (tx) => {
    const closed = await closeAlerts(tx, { id });
    const alert = await tx.alert.findUnique({ where: { id } });
    if (!alert) throw new AppError("not_found");
    if (closed > 0) {
      const data = { kind: alert.kind };
      await recordAudit(tx, {
        action: "alert_closed",
        actorId: userId,
        subject: `alert:${id}`,
        ...auditContext,
        data,
      });
    }
    return toAlertView(alert);
  });
}

interface Row {
  id: string;
  kind: string;
  subject: string;
  message: string;
  createdAt: Date;
  openedAt: Date;
  closedAt: Date | null;
}

function toAlertView({ id, kind, subject, message, createdAt, openedAt, closedAt }: Row): AlertView {
  return {
    ...{ id, kind, subject, message },
    createdAt: createdAt.toISOString(),
    openedAt: openedAt.toISOString(),
    closedAt: closedAt?.toISOString() ?? null,
  };
}
