import type { z } from "zod";
import type { Caller } from "../core/access-token";
import { now } from "../core/clock";
import { env } from "../core/env";
import { AppError } from "../core/errors";
import { log } from "../core/log";
import { secretsEqual } from "../core/secrets-equal";
import { claimIdempotencyKey, db, transaction } from "../db";
import { downloadSound, type ServeFileOptions } from "../media";
import type { admissionSchema } from "../schemas/delivery";
import { publishSubjectChanged } from "../tasks";
import { orderSubject } from "./lock-order";

const columns = {
  id: true,
  kind: true,
  unit: true,
  code: true,
  revokedAt: true,
  usedAt: true,
  orderId: true,
  order: {
    select: {
      title: true,
      quantity: true,
      buyerId: true,
      sellerId: true,
      product: { select: { assetUrl: true, audioFileId: true } },
    },
  },
} as const;

/**
 * A delivery's file: the bytes of an uploaded sound, or a redirect to the product's link. The caller needs the
 * delivery's code, which the link in the mail has, or must be the buyer.
 *
 * @param code  null when the request has none
 * @throws {AppError} not_found, also for a wrong code and after a refund; unavailable when the store is down
 */
export async function openDownload(
  id: string,
  { code, caller, ...request }: { code: string | null; caller: Caller | null } & ServeFileOptions,
): Promise<Response> {
  const delivery = await db().delivery.findUnique({ where: { id }, select: columns });
  const mayOpen =
    delivery &&
    (code !== null
      ? secretsEqual(code.toUpperCase(), delivery.code)
      : caller !== null && delivery.order.buyerId === caller.userId);
  if (!mayOpen) throw new AppError("not_found", { message: "delivery_not_found" });
  if (delivery.revokedAt) throw new AppError("not_found", { message: "delivery_revoked" });
  const { assetUrl = null, audioFileId = null } = delivery.order.product ?? {};
  if (delivery.kind !== "ticket" && audioFileId !== null)
    return downloadSound(audioFileId, delivery.order.title, request);
  if (delivery.kind === "ticket" || !assetUrl)
    throw new AppError("not_found", { message: "delivery_not_found" });
  const url = toDownloadUrl(assetUrl);
  if (url === null) {
    log().error({ deliveryId: id }, "download refused: the product's file has no usable URL");
    throw new AppError("not_found", { message: "delivery_file_missing" });
  }
  return new Response(null, {
    status: 302,
    headers: { location: url, "cache-control": "no-store", "referrer-policy": "no-referrer" },
  });
}

/**
 * The file's URL, encoded for the `Location` header: sellers paste URLs with non-ASCII characters. A path is one of this
 * site. Null for another protocol, or credentials, which come from a manual edit of the row: no browser is sent there.
 */
function toDownloadUrl(assetUrl: string): string | null {
  const base = env().APP_URL;
  if (!URL.canParse(assetUrl, base)) return null;
  const url = new URL(assetUrl, base);
  return /^https?:$/.test(url.protocol) && url.username === "" && url.password === "" ? url.href : null;
}

/**
 * Admits a ticket once: of two concurrent requests with the same code, one succeeds. A repeat with the same key gets
 * the answer of the first, so that a request whose answer was lost does not turn the ticket's holder away.
 *
 * @throws {AppError} not_found when the code belongs to no ticket that the caller sells; conflict after a refund, or
 *         when the ticket was used
 */
export async function admitTicket(
  code: string,
  { userId, role }: Caller,
  key?: string,
): Promise<z.infer<typeof admissionSchema>> {
  const ticket = await db().delivery.findUnique({ where: { code }, select: columns });
  const mayAdmit = ticket && (role === "admin" || ticket.order.sellerId === userId);
  if (!mayAdmit || ticket.kind !== "ticket")
    throw new AppError("not_found", { message: "delivery_not_found" });
  const usedAt = await transaction(async (tx) => {
    const { id } = ticket;
    const write = { userId, scope: "admission", key, input: { code } } as const;
    const { isRepeat } = await claimIdempotencyKey(tx, write, id);
    const at = new Date(now());
    const { count } = await tx.delivery.updateMany({
      where: { id, usedAt: null, revokedAt: null },
      data: { usedAt: at },
    });
    if (count > 0) return at;
    const used = await tx.delivery.findUniqueOrThrow({
      where: { id },
      select: { revokedAt: true, usedAt: true },
    });
    if (isRepeat && used.usedAt) return used.usedAt;
    throw new AppError("conflict", { message: used.revokedAt ? "delivery_revoked" : "ticket_used" });
  });
  publishSubjectChanged(orderSubject(ticket.orderId));
  const { title, quantity } = ticket.order;
  return { ticket: { title, quantity, unit: ticket.unit, usedAt: usedAt.toISOString() } };
}
