import { z } from "zod";
import { idSchema } from "./id";
import { MAX_ANALYTICS_EVENTS } from "./limits";
import { storableTextSchema } from "./text";

/** Limit of one event's properties, as JSON in UTF-8. */
const MAX_PROPERTIES_BYTES = 2_048;

const propertiesSchema = z
  .record(storableTextSchema.min(1).max(64), z.union([storableTextSchema, z.number(), z.boolean(), z.null()]))
  .refine(
    (properties) => new TextEncoder().encode(JSON.stringify(properties)).length <= MAX_PROPERTIES_BYTES,
    `at most ${MAX_PROPERTIES_BYTES} bytes as JSON`,
  );

export const newEventSchema = z.object({
  /** Idempotency key, for a sender that may send the event twice. */
  id: idSchema.optional(),
  name: z.string().regex(/^[a-z0-9_.:-]{1,64}$/),
  /** One level of strings, numbers, booleans and nulls. */
  properties: propertiesSchema.default({}),
  /**
   * When it happened; default: now. A time more than a day ago or in the future comes from a wrong clock and is
   * clamped to that range.
   */
  at: z.iso.datetime({ offset: true }).optional(),
});

export const newEventsSchema = z.object({ events: z.array(newEventSchema).min(1).max(MAX_ANALYTICS_EVENTS) });

/** `accepted` is how many events were received; counting them is best effort. */
export const acceptedSchema = z.object({ accepted: z.int() });
