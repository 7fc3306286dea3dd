import { z } from "zod";
import type { Caller } from "../core/access-token";
import { idSchema } from "../core/ids";
import { requireRole } from "../core/permission";
import { isStorable } from "../core/text";
import { db } from "../db";
import { AUDIT_ACTIONS } from "./actions";

const DEFAULT_PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 100;

export const auditQuerySchema = z.object({
  action: z.enum(AUDIT_ACTIONS).optional(),
  /** Who did it. */
  actor: idSchema.optional(),
  /** What it was done to, `user:{id}`. */
  subject: z.string().trim().min(1).max(80).refine(isStorable).optional(),
  /** Id of the last entry of the page before. */
  cursor: idSchema.optional(),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(DEFAULT_PAGE_SIZE),
});

export const auditEntrySchema = z.object({
  id: z.uuid(),
  /** A name in the catalogue of the deployment that wrote it, which may be a newer one. */
  action: z.string(),
  actorId: z.uuid().nullable(),
  /** What the actor is called now; null for nobody, and for an account that is gone. */
  actorName: z.string().nullable(),
  subject: z.string(),
  /** What the person is called now that it was done to, where it was done to one. */
  subjectName: z.string().nullable(),
  ip: z.string().nullable(),
  userAgent: z.string().nullable(),
  requestId: z.string().nullable(),
  data: z.record(z.string(), z.json()).nullable(),
  createdAt: z.iso.datetime(),
});

export type AuditEntryView = z.infer<typeof auditEntrySchema>;

export const auditPageSchema = z.object({
  items: z.array(auditEntrySchema),
  nextCursor: z.uuid().nullable(),
});

export type AuditPage = z.infer<typeof auditPageSchema>;

/**
 * What was done, newest first, for administrators.
 * @throws {AppError} forbidden for everybody else
 */
export async function listAudit(
  caller: Pick<Caller, "role">,
  query: z.input<typeof auditQuerySchema> = {},
): Promise<AuditPage> {
  requireRole(caller, "admin");
  const { action, actor, subject, cursor, limit } = auditQuerySchema.parse(query);
  const rows = await db().auditEntry.findMany({
    where: {
      ...(action ? { action } : {}),
      ...(actor ? { actorId: actor } : {}),
      ...(subject ? { subject } : {}),
      ...(cursor ? { id: { lt: cursor } } : {}),
    },
    // Ids are ordered by time, and every index that a filter uses ends with them.
    orderBy: { id: "desc" },
    take: limit + 1,
  });
  const page = rows.slice(0, limit);
  const names = await loadUserNames(page.flatMap((row) => [row.actorId, subjectUserId(row.subject)]));
  const items = page.map(
    ({ createdAt, data, ...row }): AuditEntryView => ({
      ...row,
      actorName: findName(names, row.actorId),
      subjectName: findName(names, subjectUserId(row.subject)),
      data: dataSchema.parse(data),
      createdAt: createdAt.toISOString(),
    }),
  );
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

const dataSchema = auditEntrySchema.shape.data.catch(null);

/** The account that a subject is; null when it is something else. */
function subjectUserId(subject: string): string | null {
  const parsed = idSchema.safeParse(/^user:(.+)$/.exec(subject)?.[1]);
  return parsed.success ? parsed.data : null;
}

/** Entries name accounts by id alone, so that a deleted one leaves nothing behind. */
async function loadUserNames(ids: readonly (string | null)[]): Promise<Map<string, string>> {
  const distinctIds = [...new Set(ids.filter((id) => id !== null))];
  const users = await db().user.findMany({
    where: { id: { in: distinctIds } },
    select: { id: true, name: true },
  });
  return new Map(users.map(({ id, name }) => [id, name]));
}

function findName(names: ReadonlyMap<string, string>, id: string | null): string | null {
  return id === null ? null : (names.get(id) ?? null);
}
