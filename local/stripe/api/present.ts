import { invalidParameterError } from "../errors";
import type { Draft } from "../money/draft";
import type { Provider } from "../provider";
import type { Session, StripeEvent } from "../state/model";

/** An object of a response. */
export interface ApiObject {
  readonly object: string;
}

/** Adds the URL of the buyer's page while the session is open. */
export function presentSession({ baseUrl }: Provider, { object }: Session) {
  return { ...object, url: object.status === "open" ? `${baseUrl}${checkoutPath(object.id)}` : null };
}

export const checkoutPath = (sessionId: string): string => `/c/pay/${sessionId}`;

/** Sets `pending_webhooks` to 0 once a delivery has succeeded, else to 1. */
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

/** Fields that can be expanded, by the type of the object with the field. */
const EXPANDABLE: Readonly<Record<string, Readonly<Record<string, Lookup>>>> = {
  "checkout.session": { payment_intent: intent },
  payment_intent: { latest_charge: charge },
  charge: { payment_intent: intent },
  refund: { payment_intent: intent, charge },
};

const MAX_DEPTH = 4;

/**
 * Replaces ids by whole objects: `payment_intent.latest_charge`, or `data.…` in every item of a list.
 *
 * @param draft  source of the objects, so that they include the changes of this call
 * @throws {StripeApiError} 400 for a field that cannot be expanded
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
