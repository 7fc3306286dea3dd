import { z } from "zod";
import { invalidParameterError, notFoundError } from "../errors";
import type { StripeEvent } from "../state/model";
import * as param from "../wire/params";
import { listPage, pageFields } from "./list";
import { presentEvent } from "./present";
import { route } from "./route";

const MAX_TYPES = 20;

const listParams = z.strictObject({
  ...pageFields,
  created: param.range.optional(),
  delivery_success: param.boolean.optional(),
  /** `charge.*` matches all events of charges. */
  type: param.text().optional(),
  types: z.array(param.text()).max(MAX_TYPES).optional(),
});

export const eventRoutes = [
  route("GET", "/v1/events", listParams, ({ provider, input }) => {
    const { created = () => true, delivery_success, type, types } = input;
    if (type !== undefined && types !== undefined) {
      throw invalidParameterError("type", "You may only specify one of these parameters: type, types.");
    }
    const wanted = types ?? (type === undefined ? undefined : [type]);
    const keep = (event: StripeEvent) =>
      created(event.created) &&
      (wanted === undefined || wanted.some((name) => matchesType(event.type, name))) &&
      (delivery_success === undefined ||
        delivery_success === (presentEvent(provider, event).pending_webhooks === 0));
    const present = (event: StripeEvent) => presentEvent(provider, event);
    return listPage("event", "/v1/events", provider.store.state.tables.events, keep, present, input);
  }),

  route("GET", "/v1/events/:id", z.strictObject({}), ({ provider, id }) => {
    const event = provider.store.state.tables.events.get(id);
    if (!event) throw notFoundError("event", id, "id");
    return presentEvent(provider, event);
  }),
];

const matchesType = (type: string, wanted: string): boolean =>
  wanted.endsWith("*") ? type.startsWith(wanted.slice(0, -1)) : type === wanted;
