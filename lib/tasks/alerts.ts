import { z } from "zod";
import { now } from "../core/clock";
import { newId } from "../core/ids";
import { log } from "../core/log";
import type { Prisma, Transaction } from "../db";
import type { AlertKind } from "../schemas/alert";
import { announceClosing, announceOpening, isNoticeSubject } from "./announce-alert";

export interface NewAlert {
  kind: AlertKind;
  /** What the alert is about; one alert exists per kind and subject, however often it is raised. */
  subject: string;
  /** Description for operators; no personal data. */
  message: string;
}

const raisedRowsSchema = z.tuple([z.object({ id: z.uuid(), isOpened: z.boolean() })]);

/**
 * Raises an alert in the transaction of the failed change; reopens a closed one. What opens is announced: its notices
 * commit with it, and one that is raised again while it is open has none.
 *
 * @param about  the subject of the task that the alert is about; of a dead notice no further notice is sent
 */
export async function raiseAlert(
  tx: Transaction,
  { kind, subject, message }: NewAlert,
  about: string | null = null,
): Promise<void> {
  log().error({ alert: kind, subject }, message);
  const openedAt = new Date(now());
  const rows = await tx.$queryRaw`
INSERT INTO "Alert" (id, kind, subject, message, "openedAt")
VALUES (${newId()}::uuid, ${kind}, ${subject}, ${message}, ${openedAt})
ON CONFLICT (kind, subject) DO UPDATE SET message = excluded.message, "closedAt" = NULL,
  "openedAt" = CASE WHEN "Alert"."closedAt" IS NULL THEN "Alert"."openedAt" ELSE excluded."openedAt" END,
  "isAnnounced" = "Alert"."isAnnounced" AND "Alert"."closedAt" IS NULL
RETURNING id, "openedAt" = ${openedAt} AS "isOpened"`;
  const [{ id, isOpened }] = raisedRowsSchema.parse(rows);
  if (isOpened && !isNoticeSubject(about)) await announceOpening(tx, { id, kind, openedAt });
}

/**
 * Closes the open alerts that match, in the transaction of the change that ends their cause, and announces it of those
 * whose opening was announced.
 *
 * @returns how many were open
 */
export async function closeAlerts(
  tx: Transaction,
  where: Pick<Prisma.AlertWhereInput, "id" | "kind" | "subject" | "message">,
): Promise<number> {
  const closedAt = new Date(now());
  const closed = await tx.alert.updateManyAndReturn({
    where: { ...where, closedAt: null },
    data: { closedAt },
    select: { id: true, openedAt: true, isAnnounced: true },
  });
  for (const { id, openedAt, isAnnounced } of closed)
    if (isAnnounced) await announceClosing(tx, { id, openedAt, closedAt });
  return closed.length;
}
