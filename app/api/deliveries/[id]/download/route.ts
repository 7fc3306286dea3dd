import { z } from "zod";
import { route } from "@/app/api/define-route";
import { onlyAllows } from "@/lib/core/http";
import { idSchema } from "@/lib/core/ids";
import { openDownload } from "@/lib/shop";

// GET /api/deliveries/{id}/download
export const GET = route(
  {
    summary: "Leads to what was bought: for its buyer, or with the code from the mail. Answers 302",
    auth: "public",
    params: z.object({ id: idSchema }),
    query: z.object({ code: z.string().max(64).optional() }),
    response: z.object({}),
  },
  async ({ params, query, caller }) => {
    const location = await openDownload(params.id, query.code ?? null, caller);
    return new Response(null, {
      status: 302,
      headers: { location, "cache-control": "no-store", "referrer-policy": "no-referrer" },
    });
  },
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = onlyAllows("GET");
