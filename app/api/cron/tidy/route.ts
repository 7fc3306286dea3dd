import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { tidyLinks } from "@/lib/accounts";
import { tidyEvents } from "@/lib/analytics";
import { tidiedBotsSchema, tidyBots } from "@/lib/bot";
import { now } from "@/lib/core/clock";
import { rejectOtherMethods } from "@/lib/core/http";
import { tidyIdempotencyKeys } from "@/lib/db";
import { tidiedFilesSchema, tidyFiles } from "@/lib/media";
import { tidyMetrics } from "@/lib/metrics";
import { tidyTokenFiles } from "@/lib/nft";
import { tidyAlerts } from "@/lib/ops";
import { tidyPosts } from "@/lib/posts";
import { tidyReports } from "@/lib/reports";
import { tidiedSessionsSchema, tidySessions } from "@/lib/sessions";
import { tidiedOrdersSchema, tidyOrders } from "@/lib/shop";
import { tidiedTasksSchema, tidyTasks } from "@/lib/tasks";

export const maxDuration = 60;
/** No batch of rows starts after it: the rest of `maxDuration` is for the files. The next run continues. */
const ROWS_BUDGET_MS = 40_000;

// GET /api/cron/tidy
export const GET = defineRoute(
  {
    summary:
      "Delete rows whose retention has ended, contents of dead mails, and unused files (for schedulers)",
    auth: "cron",
    limit: "skip",
    response: z.object({
      ...tidiedSessionsSchema.shape,
      ...tidiedTasksSchema.shape,
      ...tidiedOrdersSchema.shape,
      ...tidiedBotsSchema.shape,
      links: z.int(),
      keys: z.int(),
      events: z.int(),
      alerts: z.int(),
      reports: z.int(),
      posts: z.int(),
      metrics: z.int(),
      files: tidiedFilesSchema,
      tokenFiles: z.int(),
    }),
  },
  async () => {
    const deadlineMs = now() + ROWS_BUDGET_MS;
    return {
      ...(await tidySessions(deadlineMs)),
      links: await tidyLinks(deadlineMs),
      keys: await tidyIdempotencyKeys(deadlineMs),
      ...(await tidyTasks(deadlineMs)),
      alerts: await tidyAlerts(deadlineMs),
      reports: await tidyReports(deadlineMs),
      metrics: await tidyMetrics(deadlineMs),
      ...(await tidyOrders(deadlineMs)),
      ...(await tidyBots(deadlineMs)),
      posts: await tidyPosts(deadlineMs),
      events: await tidyEvents(deadlineMs),
      // Files come last: when the blob store is unavailable, the rest is already done.
      files: await tidyFiles(),
      tokenFiles: await tidyTokenFiles(),
    };
  },
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
