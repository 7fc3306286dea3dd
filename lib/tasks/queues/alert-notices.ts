import { z } from "zod";
import { alertEventSchema } from "../../schemas/alert";
import { idSchema } from "../../schemas/id";
import { DAY_SECONDS, defineQueue } from "../define-queue";

/** Sends to the operators that an alert opened or was closed. */
export const alertNotices = defineQueue({
  name: "alert-notices",
  version: 1,
  payload: z.object({
    alertId: idSchema,
    event: alertEventSchema,
    channel: z.enum(["webhook", "mail"]),
    openedAt: z.iso.datetime(),
    /** Null for its opening. */
    resolvedAt: z.iso.datetime().nullable(),
    isLastOfHour: z.boolean(),
  }),
  delivery: "guaranteed",
  retries: 3,
  timeoutSeconds: 15,
  lane: "people",
  deadlineSeconds: DAY_SECONDS,
  cancellable: true,
  available: true,
});
