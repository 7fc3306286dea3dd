import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { tidyLinks } from "@/lib/accounts";
import { rejectOtherMethods } from "@/lib/core/http";
import { tidyIdempotencyKeys } from "@/lib/db";
import { tidiedFilesSchema, tidyFiles } from "@/lib/media";
import { tidiedSessionsSchema, tidySessions } from "@/lib/sessions";
import { tidyTasks } from "@/lib/tasks";

export const maxDuration = 60;

// GET /api/cron/tidy
export const GET = defineRoute(
  {
    summary:
      "Delete sessions, tokens, links, idempotency keys and what dead mails carry that have long been over, and files that nobody has (for the schedulers)",
    auth: "cron",
    limit: "skip",
    response: tidiedSessionsSchema.extend({
      links: z.int(),
      tasks: z.int(),
      keys: z.int(),
      files: tidiedFilesSchema,
    }),
  },
  // Files come last: when the blob store is unavailable, the rest is already done.
  async () => ({
    ...(await tidySessions()),
    links: await tidyLinks(),
    tasks: await tidyTasks(),
    keys: await tidyIdempotencyKeys(),
    files: await tidyFiles(),
  }),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
