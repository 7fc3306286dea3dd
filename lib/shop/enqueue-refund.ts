import type { z } from "zod";
import { type AuditContext, recordAudit } from "../audit";
import { AppError } from "../core/errors";
import { requireFreshSignIn, type SignedInCaller } from "../core/permission";
import { claimIdempotencyKey, db, findRepeatedWrite, transaction } from "../db";
import { moneyMinor } from "../schemas/bonus-price";
import type { refundAcceptedSchema, refundRequestSchema } from "../schemas/order";
import { backgroundTaskService, reviveDeadTask } from "../tasks";
import { lockOrder, orderSubject } from "./lock-order";
import { countFailedRefunds } from "./record-refund";

/**
 * Requests a refund: the task is in Postgres when this returns, and the provider is called later. Repeated with the same
 * key it is the same refund, also when its money went back meanwhile. Repeated without a key it is the same before any
 * money went back, which is tried again if its task is dead, and a new one after the provider reported that a refund
 * failed.
 *
 * @throws {AppError} not_found; forbidden for the buyer; fresh_sign_in_required for an administrator; conflict when
 *         nothing was paid or nothing is left; bad_request for more than is left
 */
export async function enqueueRefund(
  orderId: string,
  caller: SignedInCaller,
  { amountMinor, reason }: z.output<typeof refundRequestSchema>,
  { key, ...auditContext }: AuditContext & { key?: string | undefined } = {},
): Promise<z.infer<typeof refundAcceptedSchema>> {
  const { userId, role } = caller;
  const id = await transaction(async (tx) => {
    const order = await lockOrder(tx, orderId);
    const isSeller = order?.sellerId === userId;
    const maySee = role === "admin" || isSeller || order?.buyerId === userId;
    if (!order || !maySee) throw new AppError("not_found", { message: "order_not_found" });
    if (role !== "admin" && !isSeller) throw new AppError("forbidden");
    if (!isSeller) requireFreshSignIn(caller);
    const write = { userId, scope: "refund", key, input: { orderId, amountMinor, reason } } as const;
    // The order is locked, so no other request claims the key between this and its claim below.
    const repeated = await findRepeatedWrite(tx, write);
    if (repeated !== null) return repeated;
    if (order.paymentIntentId === null) throw new AppError("conflict", { message: "order_not_paid" });
    const remainingMinor = moneyMinor(order) - order.refundedMinor;
    if (remainingMinor === 0) throw new AppError("conflict", { message: "order_refunded" });
    if (amountMinor !== undefined && amountMinor > remainingMinor) {
      throw new AppError("bad_request", { message: "refund_too_large", field: "amountMinor" });
    }
    // A failed refund leaves `refundedMinor` unchanged, so the key needs the failure count to allow another try.
    const failedCount = await countFailedRefunds(tx, order.paymentIntentId);
    const { id, created } = await backgroundTaskService.enqueue(
      tx,
      "payments",
      { action: "refund", orderId: order.id, reason, ...(amountMinor ? { amountMinor } : {}) },
      {
        key: `refund:${order.id}:${order.refundedMinor}:${amountMinor ?? "rest"}${failedCount > 0 ? `:${failedCount}` : ""}`,
        ownerId: userId,
        subject: orderSubject(order.id),
      },
    );
    await claimIdempotencyKey(tx, write, id);
    // Only a task that is new, or revived, is audited. A revived one is the same task: whatever a dead one did at the provider is found by its id, and is not done twice.
    if (created || (await reviveDeadTask(tx, id))) {
      await recordAudit(tx, {
        action: "refund_asked",
        actorId: userId,
        subject: `order:${order.id}`,
        ...auditContext,
        data: { amountMinor: amountMinor ?? remainingMinor, currency: order.currency, reason, taskId: id },
      });
    }
    return id;
  });
  const { queue, state } = await db().task.findUniqueOrThrow({
    where: { id },
    select: { queue: true, state: true },
  });
  return { task: { id, queue, state } };
}
