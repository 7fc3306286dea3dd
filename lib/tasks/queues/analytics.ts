import { z } from "zod";
import { idSchema } from "../../schemas/id";
import { defineQueue, HOUR_SECONDS } from "../define-queue";

/** Stores user events for the daily totals; a lost one makes a number on a chart smaller. */
export const analytics = defineQueue({
  name: "analytics",
  version: 1,
  payload: z.object({
    events: z
      .array(
        z.object({
          id: idSchema,
          userId: idSchema.nullable(),
          name: z.string().min(1).max(64),
          properties: z.record(z.string(), z.json()),
          at: z.iso.datetime(),
        }),
      )
      .min(1)
      .max(500),
  }),
  delivery: "best-effort",
  retries: 1,
  timeoutSeconds: 15,
  lane: "background",
  deadlineSeconds: HOUR_SECONDS,
  cancellable: false,
  available: true,
});
