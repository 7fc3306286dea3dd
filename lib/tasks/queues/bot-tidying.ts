import { z } from "zod";
import { DAY_SECONDS, defineQueue } from "../define-queue";

/** Deletes the expired rows of bots that the daily tidy had no time for; a run that has used its time enqueues the next. */
export const botTidying = defineQueue({
  name: "bot-tidying",
  version: 1,
  payload: z.object({
    /** Of the tidy that had more to do. */
    day: z.iso.date(),
    /** From 1. */
    run: z.int().positive(),
  }),
  delivery: "guaranteed",
  retries: 3,
  timeoutSeconds: 60,
  lane: "background",
  deadlineSeconds: DAY_SECONDS,
  cancellable: true,
  available: true,
});
