import { z } from "zod";
import { deleteOwnerlessFiles } from "@/lib/media/delete-files";
import { enableTranscoding, processUpload } from "@/tests/support/factories/uploads";

/**
 * An instance of the app that examines an upload, or deletes what has no owner, and dies at the FAILPOINT of its
 * environment. Its only argument is that work as JSON.
 */
const workSchema = z.discriminatedUnion("do", [
  z.object({ do: z.literal("process"), fileId: z.uuid() }),
  z.object({ do: z.literal("delete") }),
]);

export type MediaWork = z.infer<typeof workSchema>;

const work = workSchema.parse(JSON.parse(process.argv[2] ?? ""));
enableTranscoding();
if (work.do === "process") await processUpload(work.fileId);
else await deleteOwnerlessFiles();
process.exit(0);
