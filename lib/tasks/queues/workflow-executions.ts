import { z } from "zod";
import { idSchema } from "../../schemas/id";
import { DAY_SECONDS, defineQueue } from "../define-queue";

const session = { projectId: idSchema, sessionId: idSchema };

/** Runs a workflow of a bot for one session, goes on with an execution, or sends what waits in the chat. */
export const workflowExecutions = defineQueue({
  name: "workflow-executions",
  version: 1,
  payload: z.discriminatedUnion("do", [
    /** Begins a workflow with these variables. */
    z.object({
      do: z.literal("start"),
      ...session,
      workflowId: idSchema,
      input: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    }),
    /** Does the slow work of the step after `stepNo`, or what was due. */
    z.object({ do: z.literal("continue"), ...session, executionId: idSchema, stepNo: z.int() }),
    z.object({ do: z.literal("deliver"), ...session }),
  ]),
  delivery: "guaranteed",
  retries: 3,
  timeoutSeconds: 60,
  lane: "people",
  deadlineSeconds: DAY_SECONDS,
  cancellable: false,
  available: true,
});
