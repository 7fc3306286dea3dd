import { defineRoute } from "@/app/api/define-route";
import { readBotNumbers } from "@/lib/bot";
import { rejectOtherMethods } from "@/lib/core/http";
import { botNumbersListSchema, botNumbersQuerySchema } from "@/lib/schemas/bot-console";

// GET /api/bots/numbers
export const GET = defineRoute(
  {
    summary: "Live numbers of bots: people, executions that wait, and those that failed today",
    auth: "user",
    query: botNumbersQuerySchema,
    response: botNumbersListSchema,
  },
  async ({ caller, query }) => ({ items: await readBotNumbers(caller, query.botIds) }),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
