import { z } from "zod";
import type { AuditContext } from "../audit";
import type { Caller } from "../core/access-token";
import { AppError } from "../core/errors";
import { requireRole, type SignedInCaller } from "../core/permission";
import { isStorable } from "../core/text";
import { db } from "../db";
import { callersOfAccount, findLimitedBuckets, liftLimitsOf } from "../rate-limit/handler-limits";
import { idSchema } from "../schemas/id";
import { reasonBodySchema } from "../schemas/reason";
import { recordThen } from "./record-then";
import { requireOperator } from "./require-operator";

/** How a caller is known to a limit. Of an account's attempts only a keyed hash of its address is. */
const CALLER_KINDS = ["user", "ip", "account", "device", "session", "bot", "anonymous"] as const;

export type LimitedCallerKind = (typeof CALLER_KINDS)[number];

const callerIdSchema = z.string().trim().min(1).max(200).refine(isStorable);

export const scanCursorSchema = z.string().regex(/^\d{1,20}$/);

export const limitsQuerySchema = z.object({
  /** A person's id: their requests, and attempts to sign in to their account. */
  person: idSchema.optional(),
  /** `nextCursor` of the page before. */
  cursor: scanCursorSchema.optional(),
});

export const limitsPageSchema = z.object({
  /** The callers whom a rule refuses now, of this part of Redis. */
  items: z.array(
    z.object({
      callerId: z.string(),
      kind: z.enum(CALLER_KINDS),
      /** Of a user or a user's session. */
      personId: z.uuid().nullable(),
      name: z.string().nullable(),
      rules: z.array(
        z.object({
          policy: z.string(),
          /** The route's pattern; `*`: all of a user's requests. */
          route: z.string(),
          limit: z.int(),
          windowSeconds: z.int(),
          /** When the next request passes. */
          resetAt: z.iso.datetime(),
        }),
      ),
    }),
  ),
  /** Keys of Redis that were gone through, about. */
  walked: z.int(),
  nextCursor: z.string().nullable(),
});

export type LimitsPage = z.infer<typeof limitsPageSchema>;
export type LimitedCallerView = LimitsPage["items"][number];

/**
 * Who is limited now and by which rules, for administrators. Goes through a part of Redis at a time.
 * @throws {AppError} forbidden for other callers; not_found for an unknown person @throws {RedisUnavailableError}
 */
export async function listLimits(
  caller: Pick<Caller, "role">,
  query: z.input<typeof limitsQuerySchema> = {},
): Promise<LimitsPage> {
  requireRole(caller, "admin");
  const { person, cursor } = limitsQuerySchema.parse(query);
  const callers = person ? callersOfAccount(await findPerson(person)) : undefined;
  const { items, walked, nextCursor } = await findLimitedBuckets(cursor, callers);
  const byCaller = new Map<string, typeof items>();
  for (const item of items) byCaller.set(item.callerId, [...(byCaller.get(item.callerId) ?? []), item]);
  const people = await loadPeople([...byCaller.keys()]);
  const views = [...byCaller].map(([callerId, buckets]): LimitedCallerView => {
    const found = people.get(callerId);
    const rules = buckets.map(({ policy: { name, limit, windowSeconds }, route, resetAt }) => ({
      ...{ policy: name, route, limit, windowSeconds },
      resetAt: new Date(resetAt).toISOString(),
    }));
    return {
      ...{ callerId, kind: kindOf(callerId), personId: found?.id ?? null, name: found?.name ?? null },
      rules: rules.sort((a, b) => b.resetAt.localeCompare(a.resetAt)),
    };
  });
  const lastOf = ({ rules }: LimitedCallerView) => rules[0]?.resetAt ?? "";
  return { items: views.sort((a, b) => lastOf(b).localeCompare(lastOf(a))), walked, nextCursor };
}

export const liftLimitsSchema = z.union([
  reasonBodySchema.extend({ callerId: callerIdSchema }),
  reasonBodySchema.extend({ personId: idSchema }),
]);

/**
 * Gives a caller all tokens again, or a person: those of their requests, and of attempts to sign in to their account.
 * Instances that have refused the caller go on for a minute at most.
 *
 * @returns how many limits were lifted
 * @throws {AppError} forbidden; fresh_sign_in_required; not_found for an unknown person @throws {RedisUnavailableError}
 */
export async function liftLimits(
  caller: SignedInCaller,
  target: { callerId: string } | { personId: string },
  auditContext: AuditContext,
): Promise<number> {
  requireOperator(caller);
  const callers =
    "personId" in target ? callersOfAccount(await findPerson(target.personId)) : [target.callerId];
  const userId = "personId" in target ? target.personId : /^user-(.+)$/.exec(target.callerId)?.[1];
  const subjectId = idSchema.safeParse(userId);
  // A caller may be named by an address, which the log must not have.
  const subject = subjectId.success ? (`user:${subjectId.data}` as const) : "app";
  const data = { kind: "personId" in target ? "user" : kindOf(target.callerId) };
  const lifted = await recordThen({ caller, action: "limits_lifted", subject, data }, auditContext, () =>
    liftLimitsOf(callers),
  );
  return lifted.length;
}

function kindOf(callerId: string): LimitedCallerKind {
  return CALLER_KINDS.find((kind) => callerId === kind || callerId.startsWith(`${kind}-`)) ?? "anonymous";
}

async function findPerson(id: string): Promise<{ id: string; email: string }> {
  const person = await db().user.findUnique({
    where: { id, deletedAt: null },
    select: { id: true, email: true },
  });
  if (!person) throw new AppError("not_found", { message: "person_not_found" });
  return person;
}

/** Whom users and sessions among the callers belong to; two statements at most. */
async function loadPeople(callerIds: readonly string[]): Promise<Map<string, { id: string; name: string }>> {
  const idsOf = (kind: "user" | "session") =>
    callerIds.flatMap((callerId) => {
      const id = idSchema.safeParse(callerId.startsWith(`${kind}-`) ? callerId.slice(kind.length + 1) : "");
      return id.success ? [id.data] : [];
    });
  const [userIds, sessionIds] = [idsOf("user"), idsOf("session")];
  const select = { id: true, name: true } as const;
  const users =
    userIds.length > 0
      ? await db().user.findMany({ where: { id: { in: userIds }, deletedAt: null }, select })
      : [];
  const sessions =
    sessionIds.length > 0
      ? await db().session.findMany({
          where: { id: { in: sessionIds }, user: { deletedAt: null } },
          select: { id: true, user: { select } },
        })
      : [];
  return new Map([
    ...users.map((user) => [`user-${user.id}`, user] as const),
    ...sessions.map(({ id, user }) => [`session-${id}`, user] as const),
  ]);
}
