import Stripe from "stripe";
import { z } from "zod";
import { now } from "../core/clock";
import { env } from "../core/env";
import { AppError } from "../core/errors";
import { failpoint } from "../core/failpoint";
import { readText } from "../core/http";
import { log } from "../core/log";
import { isStorable } from "../core/text";
import { transaction } from "../db";
import { planEvent } from "./payment-events";
import { paymentsUnavailableError } from "./stripe";

/** Limit of a request's body; the provider's events are a few kilobytes. */
const MAX_BODY_BYTES = 512 * 1024;
/** Maximum age of a signature: bounds how long a recorded request can be replayed. */
const SIGNATURE_TOLERANCE_SECONDS = 300;

export const eventReceiptSchema = z.object({
  received: z.literal(true),
  /** `applied`: the event had an effect. `noted`: it was only recorded. `known`: it is a duplicate. */
  outcome: z.enum(["applied", "noted", "known"]),
});

export type EventReceipt = z.infer<typeof eventReceiptSchema>;

/**
 * Receives one event of the payment provider. Its id and its effects commit together, so a duplicate, even a
 * concurrent one, changes nothing.
 *
 * @throws {AppError} unauthenticated for a missing, wrong or old signature; bad_request for a body that is not an
 *         event; unavailable without the secret, or without Postgres: the provider sends it again
 */
export async function receivePaymentEvent(request: Request): Promise<EventReceipt> {
  const event = await verifyEvent(
    await readText(request, MAX_BODY_BYTES),
    request.headers.get("stripe-signature"),
  );
  const { orderId, apply } = planEvent(event);
  const outcome = await transaction(async (tx) => {
    const isNew = await tx.$executeRaw`
INSERT INTO "PaymentEvent" (id, type, "orderId", "receivedAt")
VALUES (${event.id}, ${event.type}, ${orderId}::uuid, ${new Date(now())}) ON CONFLICT (id) DO NOTHING`;
    if (isNew === 0) return "known";
    await apply?.(tx);
    await failpoint("shop.event.applied");
    return apply ? "applied" : "noted";
  });
  log().info({ event: event.id, type: event.type, orderId, outcome }, "payment event received");
  await failpoint("shop.event.committed");
  return { received: true, outcome };
}

const eventSchema = z.object({
  id: z.string().min(1).max(255).refine(isStorable),
  type: z.string().min(1).max(255).refine(isStorable),
  data: z.object({ object: z.looseObject({}) }),
});

/** Verifies the signature before the body is parsed. */
async function verifyEvent(body: string, signature: string | null): Promise<Stripe.Event> {
  const secret = env().STRIPE_WEBHOOK_SECRET;
  if (secret === undefined) throw paymentsUnavailableError();
  let event: Stripe.Event;
  try {
    event = await Stripe.webhooks.constructEventAsync(
      body,
      signature ?? "",
      secret,
      SIGNATURE_TOLERANCE_SECONDS,
      undefined,
      now(),
    );
  } catch (cause) {
    if (cause instanceof SyntaxError) throw new AppError("bad_request", { message: "malformed_json", cause });
    throw new AppError("unauthenticated", { message: "bad_signature", cause });
  }
  if (!eventSchema.safeParse(event).success) throw new AppError("bad_request");
  return event;
}
