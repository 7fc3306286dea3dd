import { z } from "zod";
import { tidyLinks } from "@/lib/accounts";
import { onlyAllows } from "@/lib/core/http";
import { tidiedSessionsSchema, tidySessions } from "@/lib/sessions";
import { tidyTasks } from "@/lib/tasks";
import { route } from "../../with-session";

export const maxDuration = 60;

// GET /api/cron/tidy
export const GET = route(
  {
    summary:
      "Delete sessions, tokens, links and what dead mails carry that have long been over (for the schedulers)",
    auth: "cron",
    limit: "skip",
    response: tidiedSessionsSchema.extend({ links: z.int(), tasks: z.int() }),
  },
  async () => ({ ...(await tidySessions()), links: await tidyLinks(), tasks: await tidyTasks() }),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = onlyAllows("GET");
