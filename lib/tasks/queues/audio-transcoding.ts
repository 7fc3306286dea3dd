import { z } from "zod";
import { idSchema } from "../../schemas/id";
import { DAY_SECONDS, defineQueue } from "../define-queue";

/** Converts an uploaded track to the formats that players need. */
export const audioTranscoding = defineQueue({
  name: "audio-transcoding",
  version: 1,
  payload: z.object({ fileId: idSchema, formats: z.array(z.enum(["mp3", "aac", "opus", "flac"])).min(1) }),
  delivery: "guaranteed",
  retries: 3,
  timeoutSeconds: 300,
  lane: "media",
  deadlineSeconds: DAY_SECONDS,
  cancellable: true,
  available: false,
});
