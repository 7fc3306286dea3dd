import { z } from "zod";
import { defineQueue, MINUTE_SECONDS } from "../define-queue";

/** Does nothing; its delivery shows that QStash accepts, signs and delivers messages. */
export const probe = defineQueue({
  name: "probe",
  version: 1,
  payload: z.object({ id: z.uuid() }),
  delivery: "best-effort",
  retries: 0,
  timeoutSeconds: 10,
  lane: "background",
  deadlineSeconds: MINUTE_SECONDS,
  cancellable: false,
  available: true,
});
