import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { idSchema } from "@/lib/schemas/id";
import { resolveDownloadUrl } from "@/lib/shop";

// GET /api/deliveries/{id}/download
export const GET = defineRoute(
  {
    summary: "Leads to what was bought: for its buyer, or with the code from the mail. Answers 302",
    auth: "public",
    params: z.object({ id: idSchema }),
    query: z.object({ code: z.string().max(64).optional() }),
    response: z.object({}),
  },
  async ({ params, query, caller }) => {
    const location = await resolveDownloadUrl(params.id, query.code ?? null, caller);
    return new Response(null, {
      status: 302,
      headers: { location, "cache-control": "no-store", "referrer-policy": "no-referrer" },
    });
  },
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
