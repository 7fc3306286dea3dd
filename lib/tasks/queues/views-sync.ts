import { z } from "zod";
import { defineQueue, HOUR_SECONDS } from "../define-queue";

/** Syncs pending views to Postgres soon after the first one; the cron does the same. */
export const viewsSync = defineQueue({
  name: "views-sync",
  version: 1,
  payload: z.object({}),
  delivery: "best-effort",
  retries: 1,
  timeoutSeconds: 60,
  lane: "background",
  deadlineSeconds: HOUR_SECONDS,
  cancellable: false,
  available: true,
});
