import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { idSchema } from "@/lib/schemas/id";
import { openDownload } from "@/lib/shop";

/** In seconds: a large file passes through the function as it arrives, and what is missing then is asked for with Range. */
export const maxDuration = 300;

// GET /api/deliveries/{id}/download
export const GET = defineRoute(
  {
    summary:
      "Download a purchase, as its buyer or with the mailed code: the bytes of a sound, or a part with Range; 302 for a link",
    auth: "public",
    params: z.object({ id: idSchema }),
    query: z.object({ code: z.string().max(64).optional() }),
    response: z.object({}),
  },
  ({ params, query, caller, requestId, request: { headers } }) =>
    openDownload(params.id, { code: query.code ?? null, caller, headers, requestId }),
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
