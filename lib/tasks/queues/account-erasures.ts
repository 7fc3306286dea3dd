import { z } from "zod";
import { idSchema } from "../../schemas/id";
import { DAY_SECONDS, defineQueue } from "../define-queue";

/** Erases an account whose deletion was requested, in batches; a run that has used its time enqueues the next one. */
export const accountErasures = defineQueue({
  name: "account-erasures",
  version: 1,
  payload: z.object({
    userId: idSchema,
    /** `User.seq`. */
    seq: z.int().positive(),
    /** The run, from 1. */
    run: z.int().positive(),
  }),
  delivery: "guaranteed",
  retries: 3,
  timeoutSeconds: 60,
  lane: "background",
  deadlineSeconds: 7 * DAY_SECONDS,
  cancellable: false,
  available: true,
});
