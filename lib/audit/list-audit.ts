import { z } from "zod";
import type { Caller } from "../core/access-token";
import { requireRole } from "../core/permission";
import { isStorable } from "../core/text";
import { db } from "../db";
import { idSchema } from "../schemas/id";
import { AUDIT_ACTIONS } from "./actions";

const DEFAULT_PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 100;

export const auditQuerySchema = z.object({
  action: z.enum(AUDIT_ACTIONS).optional(),
  /** User id of the actor. */
  actor: idSchema.optional(),
  /** The target, such as `user:{id}`. */
  subject: z.string().trim().min(1).max(80).refine(isStorable).optional(),
  /** Id of the previous page's last entry. */
  cursor: idSchema.optional(),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(DEFAULT_PAGE_SIZE),
});

export const auditEntrySchema = z.object({
  id: z.uuid(),
  /** An action of the deployment that wrote the row, which may be newer than this one. */
  action: z.string(),
  actorId: z.uuid().nullable(),
  /** The actor's current name; null without an actor and for a deleted account. */
  actorName: z.string().nullable(),
  subject: z.string(),
  /** The subject's current name if it is a user; null otherwise and for a deleted account. */
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
 * One page of the audit log, newest first, for administrators.
 * @throws {AppError} forbidden for other roles
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
    // Ids are ordered by time and are the last column of every index that a filter uses.
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

/** The user id of a subject; null when the subject is not a user. */
function subjectUserId(subject: string): string | null {
  const parsed = idSchema.safeParse(/^user:(.+)$/.exec(subject)?.[1]);
  return parsed.success ? parsed.data : null;
}

/** Entries store only user ids, so a deleted account leaves no name in the log. */
async function loadUserNames(ids: readonly (string | null)[]): Promise<Map<string, string>> {
  const distinctIds = [...new Set(ids.filter((id) => id !== null))];
  const users = await db().user.findMany({
    where: { id: { in: distinctIds }, deletedAt: null },
    select: { id: true, name: true },
  });
  return new Map(users.map(({ id, name }) => [id, name]));
}

function findName(names: ReadonlyMap<string, string>, id: string | null): string | null {
  return id === null ? null : (names.get(id) ?? null);
}
