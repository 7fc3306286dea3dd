import { type AuditContext, recordAudit } from "../audit";
import { now } from "../core/clock";
import { AppError } from "../core/errors";
import { db } from "../db";
import {
  type AccountExport,
  EXPORT_VERSION,
  profileSchema,
  referralsSchema,
  type SectionName,
  sectionSchemas,
} from "./export-schema";
import { publicName, readSection } from "./section-readers";

/**
 * Exports all data of or about a user as one JSON document (`accountExportSchema`), streamed: only one page of rows is
 * in memory. Recorded in the audit log before the first chunk.
 *
 * It is not a snapshot: changes during the export may or may not be in it.
 *
 * @returns chunks of text; reading them throws when Postgres becomes unavailable, and the document is then incomplete
 * @throws {AppError} unauthenticated when the account no longer exists
 */
export async function exportAccount(
  userId: string,
  auditContext: AuditContext = {},
): Promise<AsyncGenerator<string>> {
  const user = await db().user.findUnique({
    where: { id: userId, deletedAt: null },
    include: {
      formerHandles: { select: { handle: true }, orderBy: { changedAt: "desc" } },
      referredBy: { select: { name: true, deletedAt: true } },
      _count: { select: { referred: { where: { deletedAt: null } } } },
    },
  });
  if (!user) throw new AppError("unauthenticated");
  await recordAudit(db(), {
    action: "account_exported",
    actorId: userId,
    subject: `user:${userId}`,
    ...auditContext,
  });
  const head: Omit<AccountExport, SectionName> = {
    format: "normaldance-account",
    version: EXPORT_VERSION,
    exportedAt: new Date(now()).toISOString(),
    profile: profileSchema.parse({
      ...user,
      number: user.seq,
      formerHandles: user.formerHandles.map(({ handle }) => handle),
      emailConfirmedAt: user.confirmedAt?.toISOString() ?? null,
      createdAt: user.createdAt.toISOString(),
    }),
    referrals: referralsSchema.parse({
      code: user.referralCode,
      joined: user._count.referred,
      invitedBy: publicName(user.referredBy),
    }),
  };
  return streamDocument(head, user);
}

async function* streamDocument(head: object, user: { id: string; seq: number }): AsyncGenerator<string> {
  // Without the closing brace: the lists follow.
  yield JSON.stringify(head).slice(0, -1);
  for (const name of Object.keys(sectionSchemas) as SectionName[]) {
    yield `,\n${JSON.stringify(name)}:[`;
    let isFirst = true;
    for await (const rows of readSection(name, user)) {
      if (rows.length === 0) continue;
      const records = rows.map((row) => JSON.stringify(sectionSchemas[name].parse(row)));
      yield `${isFirst ? "" : ","}\n${records.join(",\n")}`;
      isFirst = false;
    }
    yield "]";
  }
  yield "}\n";
}
