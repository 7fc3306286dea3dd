import { z } from "zod";
import { idSchema } from "../../schemas/id";
import { DAY_SECONDS, defineQueue } from "../define-queue";

/** Scans an uploaded file, or makes its preview or metadata. */
export const fileProcessing = defineQueue({
  name: "file-processing",
  version: 1,
  payload: z.object({ fileId: idSchema, operation: z.enum(["scan", "preview", "metadata"]) }),
  delivery: "guaranteed",
  retries: 3,
  timeoutSeconds: 60,
  lane: "media",
  deadlineSeconds: DAY_SECONDS,
  cancellable: true,
  available: false,
});
