import type { Draft } from "../money/draft";
import { declineSession, expireSession, paySession } from "../money/payment";
import { refundPayment } from "../money/refund";
import type { Provider } from "../provider";
import type { Session } from "../state/model";

/** Actions of a buyer on the page of a session. */
export const BUYER_ACTIONS = ["paid", "failed", "abandoned", "twice", "late", "refunded_first"] as const;
export type BuyerAction = (typeof BUYER_ACTIONS)[number];

export const isBuyerAction = (text: string | null): text is BuyerAction =>
  BUYER_ACTIONS.some((action) => action === text);

/**
 * Performs an action of the buyer. A session that is not open, or waits for a late payment, is not changed.
 *
 * @returns where the browser is redirected; null for the session's page
 * @throws {StripeApiError} 503 once a write has failed
 */
export async function simulateBuyer(
  provider: Provider,
  session: Session,
  action: BuyerAction,
): Promise<string | null> {
  if (session.object.status === "open" && session.paysAt === null) {
    const draft = provider.draft();
    BUYER_ACTION_HANDLERS[action](draft, session, provider);
    provider.commit(draft);
  }
  await provider.store.durable();
  return redirectUrl(provider.store.state.tables.sessions.get(session.object.id) ?? session);
}

type BuyerActionHandler = (draft: Draft, session: Session, provider: Provider) => void;

const BUYER_ACTION_HANDLERS: Readonly<Record<BuyerAction, BuyerActionHandler>> = {
  paid: (draft, { object }) => void paySession(draft, object.id),
  failed: (draft, { object }) => void declineSession(draft, object.id),
  abandoned: (draft, { object }) => void expireSession(draft, object.id),

  /** Sends every event twice concurrently, and once more as a new event with the same content. */
  twice(draft, { object }) {
    paySession(draft, object.id);
    const once = [...draft.emittedEvents];
    for (const { event } of once) draft.emit(event.type, event.data.object);
    for (const emitted of once) emitted.copies = 2;
  },

  /** The buyer returns to the shop before the payment succeeds. */
  late(draft, session, { lateMs }) {
    draft.put("sessions", session.object.id, { ...session, paysAt: draft.now + lateMs });
  },

  /** Events of the refund are attempted before events of the payment. */
  refunded_first(draft, { object }) {
    paySession(draft, object.id);
    for (const emitted of draft.emittedEvents) emitted.wave = 1;
    const intent = draft.get("sessions", object.id)?.object.payment_intent;
    if (intent) refundPayment(draft, { paymentIntent: intent, reason: "requested_by_customer" });
  },
};

function redirectUrl({ object, paysAt }: Session): string | null {
  if (object.status === "complete" || paysAt !== null) {
    return object.success_url?.replaceAll("{CHECKOUT_SESSION_ID}", object.id) ?? null;
  }
  return object.status === "expired" ? object.cancel_url : null;
}

/** URLs to which a page of this session may redirect. */
export const returnUrls = ({ object }: Session): string[] =>
  [object.success_url, object.cancel_url].filter((url) => url !== null);
