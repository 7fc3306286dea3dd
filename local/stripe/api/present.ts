import { invalidParameterError } from "../errors";
import type { Draft } from "../money/draft";
import type { Provider } from "../provider";
import type { Session, StripeEvent } from "../state/model";

/** An object as it goes out. */
export interface ApiObject {
  readonly object: string;
}

/** The buyer's page, for as long as there is something to pay. */
export function presentSession({ baseUrl }: Provider, { object }: Session) {
  return { ...object, url: object.status === "open" ? `${baseUrl}${checkoutPath(object.id)}` : null };
}

export const checkoutPath = (sessionId: string): string => `/c/pay/${sessionId}`;

/** @returns the event, with how many addresses still wait for it */
export function presentEvent({ store }: Provider, event: StripeEvent) {
  const deliveries = store.state.deliveriesOf(event.id);
  return { ...event, pending_webhooks: deliveries.some(({ state }) => state === "delivered") ? 0 : 1 };
}

export function lineItemsList({ object, lineItems }: Session) {
  const url = `/v1/checkout/sessions/${object.id}/line_items`;
  return { object: "list", data: lineItems, has_more: false, url };
}

type Lookup = (draft: Draft, id: string) => ApiObject | undefined;

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
export function expand(draft: Draft, object: ApiObject, paths: readonly string[]): ApiObject {
  let expanded = object;
  for (const path of paths) {
    const keys = path.split(".");
    if (keys.length > MAX_DEPTH)
      throw invalidParameterError("expand", `You cannot expand more than ${MAX_DEPTH} levels.`);
    expanded = expandOne(draft, expanded, keys, path);
  }
  return expanded;
}

function expandOne(draft: Draft, object: ApiObject, [key = "", ...rest]: string[], path: string): ApiObject {
  const fields: Record<string, unknown> = { ...object };
  if (object.object === "list" && key === "data" && rest.length > 0 && Array.isArray(fields.data)) {
    return {
      ...object,
      data: fields.data.map((item: ApiObject) => expandOne(draft, item, rest, path)),
    } as ApiObject;
  }
  if (object.object === "checkout.session" && key === "line_items" && rest.length === 0) {
    const session = draft.get("sessions", String(fields.id));
    return session ? ({ ...object, line_items: lineItemsList(session) } as ApiObject) : object;
  }
  const lookup = EXPANDABLE[object.object]?.[key];
  if (!lookup) throw invalidParameterError("expand", `This property cannot be expanded (${path}).`);
  const current = fields[key];
  const expanded =
    typeof current === "string" ? lookup(draft, current) : isApiObject(current) ? current : undefined;
  if (!expanded) return object;
  return { ...object, [key]: rest.length === 0 ? expanded : expandOne(draft, expanded, rest, path) };
}

function isApiObject(value: unknown): value is ApiObject {
  return typeof value === "object" && value !== null && "object" in value;
}
