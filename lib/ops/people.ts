import { z } from "zod";
import { type AuditContext, recordAudit } from "../audit";
import { botProjectTag, cacheManager, personTag } from "../cache";
import type { Caller } from "../core/access-token";
import { AppError } from "../core/errors";
import { requireFreshSignIn, requireRole, type SignedInCaller } from "../core/permission";
import { isStorable } from "../core/text";
import { db, Prisma, searchByName, type Transaction } from "../db";
import { Role } from "../schemas/enums";
import { idSchema } from "../schemas/id";
import { reasonBodySchema } from "../schemas/reason";
import { changeAccount } from "../sessions";

export const personSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  /** Of the page `/u/{handle}`. */
  handle: z.string(),
  email: z.string(),
  role: z.enum(Role),
  /** Whether the address is confirmed. */
  confirmed: z.boolean(),
  /** Since when the account is blocked; null: it is not. */
  blockedAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
});

export type PersonView = z.infer<typeof personSchema>;

const DEFAULT_PAGE_SIZE = 30;
const MAX_PAGE_SIZE = 100;

export const peopleQuerySchema = z.object({
  /** Part of the name or the address, or the whole id. */
  q: z.string().trim().max(100).refine(isStorable).optional(),
  role: z.enum(Role).optional(),
  /** Only blocked accounts. */
  blocked: z.literal("true").optional(),
  /** Id of the previous page's last person. */
  cursor: idSchema.optional(),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(DEFAULT_PAGE_SIZE),
});

export const peoplePageSchema = z.object({
  items: z.array(personSchema),
  nextCursor: z.uuid().nullable(),
});

export type PeoplePage = z.infer<typeof peoplePageSchema>;

const columns = {
  id: true,
  name: true,
  handle: true,
  email: true,
  role: true,
  confirmedAt: true,
  blockedAt: true,
  createdAt: true,
} as const;

/**
 * Accounts, newest first, for administrators.
 * @throws {AppError} forbidden for other callers
 */
export async function listPeople(
  caller: Pick<Caller, "role">,
  query: z.input<typeof peopleQuerySchema> = {},
): Promise<PeoplePage> {
  requireRole(caller, "admin");
  const { q, role, blocked, cursor, limit } = peopleQuerySchema.parse(query);
  const conditionSql = q ? await searchSql(q) : Prisma.sql`TRUE`;
  // Ids are ordered by time.
  const rows = personRowsSchema.parse(
    await db().$queryRaw`
SELECT id::text, name, handle, email, role::text, "confirmedAt", "blockedAt", "createdAt" FROM "User"
WHERE "deletedAt" IS NULL AND ${conditionSql}
  AND ${role ? Prisma.sql`role = ${role}::"Role"` : Prisma.sql`TRUE`}
  AND ${blocked ? Prisma.sql`"blockedAt" IS NOT NULL` : Prisma.sql`TRUE`}
  AND ${cursor ? Prisma.sql`id < ${cursor}::uuid` : Prisma.sql`TRUE`}
ORDER BY "User".id DESC LIMIT ${limit + 1}`,
  );
  const items = rows.slice(0, limit).map(toPersonView);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

const personRowSchema = personSchema
  .omit({ confirmed: true })
  .extend({ confirmedAt: z.date().nullable(), blockedAt: z.date().nullable(), createdAt: z.date() });
const personRowsSchema = z.array(personRowSchema);

/** Of a term that fewer people match, all are looked up first. */
const MAX_HITS = 1_000;
const idRowsSchema = z.array(z.object({ id: z.uuid() }));

/**
 * The condition of a search. Few hits are found by the indexes first, because Postgres, which does not know how few
 * there are, may read all people in the order of the page instead; for many, that order is the fast way.
 */
async function searchSql(q: string): Promise<Prisma.Sql> {
  const id = idSchema.safeParse(q);
  if (id.success) return Prisma.sql`id = ${id.data}::uuid`;
  const { beginsSql, containsSql, addressContainsSql } = searchByName(q);
  const matchesSql =
    containsSql && addressContainsSql
      ? Prisma.sql`(${containsSql} OR ${beginsSql} OR ${addressContainsSql})`
      : beginsSql;
  const rows = await db().$queryRaw`SELECT id::text FROM "User" WHERE ${matchesSql} LIMIT ${MAX_HITS + 1}`;
  const ids = idRowsSchema.parse(rows).map((row) => row.id);
  return ids.length > MAX_HITS ? matchesSql : Prisma.sql`id = ANY (${ids}::uuid[])`;
}

function toPersonView({
  confirmedAt,
  blockedAt,
  createdAt,
  ...row
}: z.infer<typeof personRowSchema>): PersonView {
  return {
    ...row,
    confirmed: confirmedAt !== null,
    blockedAt: blockedAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}

/**
 * One account, for administrators.
 * @throws {AppError} forbidden for other callers; not_found
 */
export async function getPerson(caller: Pick<Caller, "role">, personId: string): Promise<PersonView> {
  requireRole(caller, "admin");
  const row = await db().user.findUnique({ where: { id: personId, deletedAt: null }, select: columns });
  if (!row) throw new AppError("not_found", { message: "person_not_found" });
  return toPersonView(row);
}

export const newRoleSchema = z.object({ role: z.enum(Role) });

export const changeRoleBodySchema = newRoleSchema.extend(reasonBodySchema.shape);

/**
 * Changes an account's role and ends its sessions, so that the user signs in with the new role. The same role again
 * changes nothing.
 *
 * @throws {AppError} forbidden unless the caller is an administrator, by the account and not only by the session;
 *         fresh_sign_in_required; not_found; conflict for the caller's own role and for the last administrator's
 */
export async function changeRole(
  caller: SignedInCaller,
  personId: string,
  { role }: z.output<typeof newRoleSchema>,
  auditContext: AuditContext = {},
): Promise<PersonView> {
  requireRole(caller, "admin");
  requireFreshSignIn(caller);
  if (personId === caller.userId) throw new AppError("conflict", { message: "own_role" });
  const before = await db().user.findUnique({
    where: { id: personId, deletedAt: null },
    select: columns,
  });
  if (!before) throw new AppError("not_found", { message: "person_not_found" });
  if (before.role === role) return toPersonView(before);
  return changeAccount(
    personId,
    async (tx) => {
      const { person, administrators } = await lockWithAdministrators(tx, caller, personId);
      if (person.role === "admin" && administrators.length === 1) {
        throw new AppError("conflict", { message: "last_administrator" });
      }
      if (role === "admin" && person.blockedAt)
        throw new AppError("conflict", { message: "blocked_administrator" });
      const row = await tx.user.update({
        where: { id: personId },
        data: { role },
        select: columns,
      });
      // What a bot may do depends on its owner's role.
      const bots = await tx.botProject.findMany({ where: { ownerId: personId }, select: { id: true } });
      const tags = [personTag(row.handle), ...bots.map(({ id }) => botProjectTag(id))];
      await cacheManager.invalidateAfterCommit(tx, tags);
      await recordAudit(tx, {
        action: "role_changed",
        actorId: caller.userId,
        subject: `user:${personId}`,
        ...auditContext,
        data: { from: person.role, to: role },
      });
      return toPersonView(row);
    },
    { revoke: "all", reason: "role" },
  );
}

const lockedSchema = z.array(z.object({ id: z.uuid(), role: z.enum(Role), blockedAt: z.date().nullable() }));

/**
 * Locks a person and all administrators, in the order of ids: when two administrators demote each other concurrently,
 * one remains.
 * @throws {AppError} forbidden unless the caller is an administrator by the account; not_found
 */
export async function lockWithAdministrators(
  tx: Transaction,
  { userId }: Pick<SignedInCaller, "userId">,
  personId: string,
): Promise<{ person: z.infer<typeof lockedSchema>[number]; administrators: string[] }> {
  const rows = await tx.$queryRaw`
SELECT id, role::text, "blockedAt" FROM "User"
WHERE (role = 'admin' OR id = ${personId}::uuid) AND "deletedAt" IS NULL
ORDER BY id FOR NO KEY UPDATE`;
  const locked = lockedSchema.parse(rows);
  const person = locked.find(({ id }) => id === personId);
  const administrators = locked.filter((account) => account.role === "admin").map(({ id }) => id);
  if (!administrators.includes(userId)) throw new AppError("forbidden");
  if (!person) throw new AppError("not_found", { message: "person_not_found" });
  return { person, administrators };
}
