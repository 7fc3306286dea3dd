import { z } from "zod";
import { tidyLinks } from "@/lib/accounts";
import { onlyAllows } from "@/lib/core/http";
import { tidiedSessionsSchema, tidySessions } from "@/lib/sessions";
import { route } from "../../with-session";

export const maxDuration = 60;

// GET /api/cron/tidy
export const GET = route(
  {
    summary: "Delete sessions, tokens and links that have long been over (for the schedulers)",
    auth: "cron",
    limit: "skip",
    response: tidiedSessionsSchema.extend({ links: z.int() }),
  },
  async () => ({ ...(await tidySessions()), links: await tidyLinks() }),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = onlyAllows("GET");
