import { z } from "zod";
import { idSchema } from "../../schemas/id";
import { DAY_SECONDS, defineQueue } from "../define-queue";

/**
 * Examines an uploaded file: `preview` makes the pictures of a cover, `metadata` reads the tags of a sound, `scan` does
 * what its purpose needs. The time limit is for reading a sound of 500 MB at 6 MB a second.
 */
export const fileProcessing = defineQueue({
  name: "file-processing",
  version: 1,
  payload: z.object({ fileId: idSchema, operation: z.enum(["scan", "preview", "metadata"]) }),
  delivery: "guaranteed",
  retries: 3,
  timeoutSeconds: 90,
  lane: "files",
  deadlineSeconds: DAY_SECONDS,
  cancellable: true,
  available: true,
});
