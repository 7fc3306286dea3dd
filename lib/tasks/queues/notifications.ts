import { z } from "zod";
import { idSchema } from "../../schemas/id";
import { DAY_SECONDS, defineQueue } from "../define-queue";

/** Adds a notification to a user's list and shows it on their open pages. */
export const notifications = defineQueue({
  name: "notifications",
  version: 2,
  payload: z.object({
    userId: idSchema,
    /** `general` has a title and a message; other kinds are rendered from `data` in the reader's language. */
    kind: z.string().min(1).max(40),
    title: z.string().min(1).max(200).optional(),
    message: z.string().max(2_000).optional(),
    data: z.record(z.string(), z.json()).optional(),
  }),
  // Version 1 had only a title and a message.
  upgrades: { 1: (payload) => ({ ...(payload as object), kind: "general" }) },
  delivery: "guaranteed",
  retries: 3,
  timeoutSeconds: 15,
  lane: "people",
  deadlineSeconds: DAY_SECONDS,
  cancellable: true,
  personal: true,
  available: true,
});
