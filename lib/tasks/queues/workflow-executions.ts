import { z } from "zod";
import { idSchema } from "../../schemas/id";
import { DAY_SECONDS, defineQueue } from "../define-queue";

/** Runs a workflow of a bot once, for one session. */
export const workflowExecutions = defineQueue({
  name: "workflow-executions",
  version: 1,
  payload: z.object({
    projectId: idSchema,
    workflowId: idSchema,
    sessionId: idSchema,
    input: z.record(z.string(), z.json()),
  }),
  delivery: "guaranteed",
  retries: 3,
  timeoutSeconds: 60,
  lane: "background",
  deadlineSeconds: DAY_SECONDS,
  cancellable: true,
  available: false,
});
