import { z } from "zod";
import { idSchema } from "../core/ids";
import { isStorable } from "../core/text";

/** What is sent to be counted. Safe to import in the browser. */

export const MAX_EVENTS = 50;
/** Of one event's properties, as JSON in UTF-8. */
const MAX_PROPERTIES_BYTES = 2_048;

const storableTextSchema = z.string().refine(isStorable);

const propertiesSchema = z
  .record(storableTextSchema.min(1).max(64), z.union([storableTextSchema, z.number(), z.boolean(), z.null()]))
  .refine(
    (properties) => new TextEncoder().encode(JSON.stringify(properties)).length <= MAX_PROPERTIES_BYTES,
    `at most ${MAX_PROPERTIES_BYTES} bytes as JSON`,
  );

export const newEventSchema = z.object({
  /** Made by who sends it, where it may be sent twice: it is counted once. */
  id: idSchema.optional(),
  name: z.string().regex(/^[a-z0-9_.:-]{1,64}$/),
  /** One level of texts, numbers and truths. */
  properties: propertiesSchema.default({}),
  /**
   * When it happened; now unless said. A time that is more than a day ago or still to come is a wrong clock's:
   * the nearest believable one is taken in its place.
   */
  at: z.iso.datetime({ offset: true }).optional(),
});

export type NewEvent = z.input<typeof newEventSchema>;

export const newEventsSchema = z.object({ events: z.array(newEventSchema).min(1).max(MAX_EVENTS) });

/** `accepted` is what was taken in, not what will be counted: that is best effort. */
export const acceptedSchema = z.object({ accepted: z.int() });
