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
import { sectionReaders } from "./section-readers";

/**
 * All that is somebody's or about them, as one JSON document (`accountExportSchema`), piece by piece: a page of rows is
 * in memory, however much there is. Written down in the audit log before the first piece.
 *
 * It is no picture of one moment: what changes while it is read may be in it or not.
 *
 * @returns pieces of text; reading them throws when Postgres goes away, and the document then breaks off
 * @throws {AppError} unauthenticated when the account is gone
 */
export async function exportAccount(
  userId: string,
  auditContext: AuditContext = {},
): Promise<AsyncGenerator<string>> {
  const person = await db().user.findUnique({
    where: { id: userId },
    include: { referredBy: { select: { name: true } }, _count: { select: { referred: true } } },
  });
  if (!person) throw new AppError("unauthenticated");
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
      ...person,
      number: person.seq,
      emailConfirmedAt: person.confirmedAt?.toISOString() ?? null,
      createdAt: person.createdAt.toISOString(),
    }),
    referrals: referralsSchema.parse({
      code: person.referralCode,
      joined: person._count.referred,
      invitedBy: person.referredBy?.name ?? null,
    }),
  };
  return streamDocument(head, person);
}

async function* streamDocument(head: object, person: { id: string; seq: number }): AsyncGenerator<string> {
  // Without its last brace: the lists follow.
  yield JSON.stringify(head).slice(0, -1);
  for (const name of Object.keys(sectionSchemas) as SectionName[]) {
    yield `,\n${JSON.stringify(name)}:[`;
    let isFirst = true;
    for await (const rows of sectionReaders[name](person)) {
      if (rows.length === 0) continue;
      const records = rows.map((row) => JSON.stringify(sectionSchemas[name].parse(row)));
      yield `${isFirst ? "" : ","}\n${records.join(",\n")}`;
      isFirst = false;
    }
    yield "]";
  }
  yield "}\n";
}
