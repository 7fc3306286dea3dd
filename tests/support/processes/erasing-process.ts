import { z } from "zod";
import { callerSchema } from "@/lib/core/access-token";
import { requestDeletion, runErasure } from "@/tests/support/factories/erasures";

/**
 * An instance of the app that requests the deletion of an account, or runs the task of its erasure, and dies at the
 * FAILPOINT of its environment. Its only argument is that work as JSON.
 */
const workSchema = z.discriminatedUnion("do", [
  z.object({ do: z.literal("request"), person: callerSchema }),
  z.object({ do: z.literal("run"), userId: z.uuid() }),
]);

export type ErasingWork = z.infer<typeof workSchema>;

const work = workSchema.parse(JSON.parse(process.argv[2] ?? ""));
if (work.do === "request") await requestDeletion(work.person);
else await runErasure(work.userId);
process.exit(0);
