import { badParameter } from "../errors";
import type { Draft } from "../money/draft";
import type { Provider } from "../provider";
import type { Session, StripeEvent } from "../state/model";

/** An object as it goes out. */
export interface Wire {
  readonly object: string;
}

/** The buyer's page, for as long as there is something to pay. */
export function presentSession({ baseUrl }: Provider, { object }: Session) {
  return { ...object, url: object.status === "open" ? `${baseUrl}${pagePath(object.id)}` : null };
}

export const pagePath = (sessionId: string): string => `/c/pay/${sessionId}`;

/** @returns the event, with how many addresses still wait for it */
export function presentEvent({ store }: Provider, event: StripeEvent) {
  const deliveries = store.state.deliveriesOf(event.id);
  return { ...event, pending_webhooks: deliveries.some(({ state }) => state === "delivered") ? 0 : 1 };
}

export function lineItemsOf({ object, lineItems }: Session) {
  const url = `/v1/checkout/sessions/${object.id}/line_items`;
  return { object: "list", data: lineItems, has_more: false, url };
}

type Lookup = (draft: Draft, id: string) => Wire | undefined;

const intent: Lookup = (draft, id) => draft.get("paymentIntents", id);
const charge: Lookup = (draft, id) => draft.get("charges", id);

/** What can be asked for in full, by the object that names it. */
const EXPANDABLE: Readonly<Record<string, Readonly<Record<string, Lookup>>>> = {
  "checkout.session": { payment_intent: intent },
  payment_intent: { latest_charge: charge },
  charge: { payment_intent: intent },
  refund: { payment_intent: intent, charge },
};

const MAX_DEPTH = 4;

/**
 * Puts whole objects where ids stood: `payment_intent.latest_charge`, and `data.…` into every item of a list.
 *
 * @param draft  what they are read from, so that they show what this very call changes
 * @throws {StripeApiError} 400 for what cannot be expanded
 */
export function expand(draft: Draft, object: Wire, paths: readonly string[]): Wire {
  let expanded = object;
  for (const path of paths) {
    const keys = path.split(".");
    if (keys.length > MAX_DEPTH)
      throw badParameter("expand", `You cannot expand more than ${MAX_DEPTH} levels.`);
    expanded = expandOne(draft, expanded, keys, path);
  }
  return expanded;
}

function expandOne(draft: Draft, object: Wire, [key = "", ...rest]: string[], path: string): Wire {
  const fields: Record<string, unknown> = { ...object };
  if (object.object === "list" && key === "data" && rest.length > 0 && Array.isArray(fields.data)) {
    return { ...object, data: fields.data.map((item: Wire) => expandOne(draft, item, rest, path)) } as Wire;
  }
  if (object.object === "checkout.session" && key === "line_items" && rest.length === 0) {
    const session = draft.get("sessions", String(fields.id));
    return session ? ({ ...object, line_items: lineItemsOf(session) } as Wire) : object;
  }
  const lookup = EXPANDABLE[object.object]?.[key];
  if (!lookup) throw badParameter("expand", `This property cannot be expanded (${path}).`);
  const now = fields[key];
  const whole = typeof now === "string" ? lookup(draft, now) : isWire(now) ? now : undefined;
  if (!whole) return object;
  return { ...object, [key]: rest.length === 0 ? whole : expandOne(draft, whole, rest, path) };
}

function isWire(value: unknown): value is Wire {
  return typeof value === "object" && value !== null && "object" in value;
}
