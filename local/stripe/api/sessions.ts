import { z } from "zod";
import { invalidRequestError, notFoundError } from "../errors";
import { newSessionSchema, openSession } from "../money/open-session";
import { expireSession } from "../money/payment";
import type { Provider } from "../provider";
import type { Session } from "../state/model";
import * as param from "../wire/params";
import { listPage, pageFields } from "./list";
import { presentSession } from "./present";
import { route } from "./route";

const noParams = z.strictObject({});

const listParams = z.strictObject({
  ...pageFields,
  payment_intent: param.text().optional(),
  status: param.oneOf(["open", "complete", "expired"]).optional(),
  created: param.range.optional(),
});

function findSession({ store }: Provider, id: string): Session {
  const session = store.state.tables.sessions.get(id);
  if (!session) throw notFoundError("checkout.session", id, "session");
  return session;
}

export const sessionRoutes = [
  route("POST", "/v1/checkout/sessions", newSessionSchema, ({ provider, draft, input }) =>
    presentSession(provider, openSession(draft, input)),
  ),

  route("GET", "/v1/checkout/sessions", listParams, ({ provider, input }) => {
    const { state } = provider.store;
    const { payment_intent, status, created = () => true } = input;
    if (payment_intent !== undefined && !state.tables.paymentIntents.has(payment_intent)) {
      throw notFoundError("payment_intent", payment_intent, "payment_intent");
    }
    const wanted = payment_intent === undefined ? undefined : state.sessionByPaymentIntent(payment_intent);
    const rows = wanted ? new Map([[wanted.object.id, wanted]]) : state.tables.sessions;
    const keep = ({ object }: Session) =>
      (payment_intent === undefined || object.payment_intent === payment_intent) &&
      (status === undefined || object.status === status) &&
      created(object.created);
    const present = (session: Session) => presentSession(provider, session);
    return listPage("checkout.session", "/v1/checkout/sessions", rows, keep, present, input);
  }),

  route("GET", "/v1/checkout/sessions/:id", noParams, ({ provider, id }) =>
    presentSession(provider, findSession(provider, id)),
  ),

  route(
    "GET",
    "/v1/checkout/sessions/:id/line_items",
    z.strictObject(pageFields),
    ({ provider, id, input }) => {
      // listPage reverses its rows, and items keep the order of the request.
      const rows = new Map([...findSession(provider, id).lineItems].reverse().map((item) => [item.id, item]));
      return listPage(
        "item",
        `/v1/checkout/sessions/${id}/line_items`,
        rows,
        () => true,
        (item) => item,
        input,
      );
    },
  ),

  route("POST", "/v1/checkout/sessions/:id/expire", noParams, ({ provider, draft, id }) => {
    const { status } = findSession(provider, id).object;
    if (!expireSession(draft, id)) {
      throw invalidRequestError(
        `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of \`${status}\`.`,
      );
    }
    return presentSession(provider, draft.get("sessions", id) ?? findSession(provider, id));
  }),
];
